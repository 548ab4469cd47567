"""The judge's page: the rubric, what to ask about with which budget, and what its scores are worth."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotate.access import MANAGERS, Access
from annotate.http import project_view
from review.judge_forms import RubricForm
from review.queries.judging import TRIED, TRY
from review.services.judging import NotJudged, judge_start, rubric_save
from review.views.judge_context import asking_form, judge_context

PAGE = "review/judge.html"
ADDRESS = "review:judge"
TRY_TOKENS = 100_000


@require_safe
@project_view(*MANAGERS)
def judge(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the rubric, what is left to ask about, and how the scores agree with the labels."""
    return render(request, PAGE, judge_context(access))


@require_POST
@project_view(*MANAGERS)
def judge_rubric(request: HttpRequest, access: Access) -> HttpResponse:
    """Save a rubric; 422 says what to mend."""
    form = RubricForm(request.POST)
    if not form.is_valid():
        return render(request, PAGE, judge_context(access, rubric_form=form), status=422)
    saved = rubric_save(project=access.project, text=form.cleaned_data["text"], by=access.user)
    messages.success(request, f"Rubric {saved.number} holds.")
    return redirect(ADDRESS, access.project.slug)


@require_POST
@project_view(*MANAGERS)
def judge_asking(request: HttpRequest, access: Access) -> HttpResponse:
    """Start asking within a budget; 422 says what to mend, 409 why nothing can be asked."""
    form = asking_form(access, request.POST)
    if not form.is_valid():
        return render(request, PAGE, judge_context(access, form=form), status=422)
    try:
        judge_start(project=access.project, by=access.user, **form.values())
    except NotJudged as reason:
        return render(request, PAGE, judge_context(access, form=form, refusal=str(reason)), status=409)
    return redirect(ADDRESS, access.project.slug)


@require_POST
@project_view(*MANAGERS)
def judge_try(request: HttpRequest, access: Access) -> HttpResponse:
    """Ask about a few examples; 409 says why nothing can be asked."""
    try:
        judge_start(project=access.project, which=TRY, count=TRIED, tokens=TRY_TOKENS, by=access.user)
    except NotJudged as reason:
        return render(request, PAGE, judge_context(access, refusal=str(reason)), status=409)
    return redirect(ADDRESS, access.project.slug)
