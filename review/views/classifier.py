"""The quality classifier's page: how far its labels go, how far it can be trusted, and what it is used for."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotate.access import MANAGERS, STAFF, Access
from annotate.http import project_view
from review.classifier_forms import ClassifierRulesForm, ImportedLabelsForm, ScoreLimitForm
from review.http import classifier_of
from review.queries.classifiers import active_version
from review.services.classifiers import (
    NotActivated,
    StillDecides,
    TooFewLabels,
    classifier_activate,
    classifier_retire,
    classifier_rules_save,
    classifier_train,
)
from review.services.imported_labels import imported_labels_save
from review.services.score_limits import NoScores, score_limit_set
from review.views.classifier_context import classifier_context

PAGE = "review/classifier.html"
DIGITS = 9


@require_safe
@project_view(*STAFF)
def classifier(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the version that the address names, or the active one, or the newest."""
    asked = request.GET.get("version", "")
    if asked and not (asked.isdecimal() and len(asked) <= DIGITS):
        raise Http404
    version = classifier_of(access, int(asked)) if asked else None
    return render(request, PAGE, classifier_context(access, version))


@require_POST
@project_view(*MANAGERS)
def classifier_training(request: HttpRequest, access: Access) -> HttpResponse:
    """Start training; 409 says what labels are lacking."""
    try:
        classifier_train(project=access.project, by=access.user)
    except TooFewLabels as reason:
        return render(request, PAGE, classifier_context(access, refusal=str(reason)), status=409)
    return redirect("review:classifier", access.project.slug)


@require_POST
@project_view(*MANAGERS)
def classifier_use(request: HttpRequest, access: Access, number: int) -> HttpResponse:
    """Score by a version from now on; 409 says why it must not be used."""
    version = classifier_of(access, number)
    try:
        classifier_activate(version=version, by=access.user)
    except NotActivated as reason:
        refusal = f"Version {number} was not activated. {reason}"
        return render(request, PAGE, classifier_context(access, version, refusal=refusal), status=409)
    messages.success(request, f"Version {number} is active: it scores every example, and what comes.")
    return redirect("review:classifier", access.project.slug)


@require_POST
@project_view(*MANAGERS)
def classifier_stop(request: HttpRequest, access: Access) -> HttpResponse:
    """Use no version any more; 409 says what rests on it."""
    try:
        classifier_retire(project=access.project)
    except StillDecides as reason:
        return render(request, PAGE, classifier_context(access, refusal=str(reason)), status=409)
    messages.success(request, "No version is active: nothing new is scored, and scores given stay.")
    return redirect("review:classifier", access.project.slug)


@require_POST
@project_view(*MANAGERS)
def classifier_rules_change(request: HttpRequest, access: Access) -> HttpResponse:
    """Save when the project trains and what it picks; 422 says what to mend."""
    form = ClassifierRulesForm(request.POST)
    if not form.is_valid():
        return render(request, PAGE, classifier_context(access, rules_form=form), status=422)
    rules = classifier_rules_save(project=access.project, by=access.user, **form.values())
    when = "within a minute" if active_version(access.project) else "once a version is active"
    messages.success(request, f"Saved. Examples are picked {when}." if rules.targeted else "Saved.")
    return redirect("review:classifier", access.project.slug)


@require_POST
@project_view(*MANAGERS)
def classifier_imported(request: HttpRequest, access: Access) -> HttpResponse:
    """Say whether the project learns from imported labels; 422 says what to mend."""
    form = ImportedLabelsForm(request.POST)
    if not form.is_valid():
        return render(request, PAGE, classifier_context(access, imported_form=form), status=422)
    rules = imported_labels_save(project=access.project, by=access.user, **form.values())
    messages.success(
        request,
        "Saved: the next training learns from imported labels, too."
        if rules.imported_key
        else "Saved: people's labels alone are learnt from.",
    )
    return redirect("review:classifier", access.project.slug)


@require_POST
@project_view(*MANAGERS)
def classifier_limit(request: HttpRequest, access: Access) -> HttpResponse:
    """Save a policy with another least score; 422 says what to mend, 409 that nothing is scored."""
    form = ScoreLimitForm(request.POST)
    if not form.is_valid():
        wrong = " ".join(map(str, form.errors["minimum"]))
        return render(request, PAGE, classifier_context(access, limit_error=wrong), status=422)
    try:
        saved = score_limit_set(project=access.project, minimum=form.value(), by=access.user)
    except NoScores as reason:
        return render(request, PAGE, classifier_context(access, refusal=str(reason)), status=409)
    messages.success(request, f"Saved as version {saved.version} of the policy: {saved.note}.")
    return redirect("review:classifier", access.project.slug)
