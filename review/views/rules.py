"""Review settings: how a project is reviewed, and the reasons that a bad label can have."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotate.access import MANAGERS, Access
from annotate.http import project_view
from review.queries.gold import GoldSupply, gold_supply
from review.queries.rules import Rules, rules_of
from review.rules_forms import BaseReasons, RulesForm, differing, reasons_of, reasons_sent
from review.services.rules import RulesChanged, RulesRefused, rules_save
from review.views.people_tabs import people_tabs

PAGE = "review/rules.html"
GROUPS = (
    ("What is drawn", ("rate", "minimum", "written_rate")),
    ("Two reviewers on one example", ("overlap", "alpha_wanted")),
    ("Gold examples", ("gold_rate", "gold_window", "gold_accuracy", "qualification")),
    ("In the stream", ("findings_first", "fix_second_look")),
    ("What is good enough", ("tolerated", "confidence", "target")),
)
CHANGED = (
    "Somebody else saved these settings meanwhile. Yours are kept below: look through them and save again."
)


@require_safe
@project_view(*MANAGERS)
def rules(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the rules that hold."""
    stored = rules_of(access.project)
    return render(request, PAGE, _context(access, RulesForm.of(stored), reasons_of(stored), stored))


@require_POST
@project_view(*MANAGERS)
def rules_change(request: HttpRequest, access: Access) -> HttpResponse:
    """Save the rules as sent; 422 says what to mend, 409 what somebody else saved meanwhile."""
    stored = rules_of(access.project)
    form, reasons = RulesForm(request.POST), reasons_sent(request.POST)
    # Both are looked at, so that one answer names everything that is to be mended.
    if not all([form.is_valid(), reasons.is_valid()]):
        return render(request, PAGE, _context(access, form, reasons, stored), status=422)
    values = form.values() | {"reasons": reasons.values()}
    try:
        rules_save(project=access.project, by=access.user, based_on=form.cleaned_data["based_on"], **values)
    except RulesRefused as refused:
        problem = refused.errors.pop("reasons", "")
        for name, words in refused.errors.items():
            form.add_error(name, words)
        context = _context(access, form, reasons, stored) | {"reasons_problem": problem}
        return render(request, PAGE, context, status=422)
    except RulesChanged as changed:
        return render(request, PAGE, _conflict(access, form, reasons, changed.current), status=409)
    messages.success(request, "Saved. What was drawn and decided before stays as it is.")
    return redirect("review:rules", access.project.slug)


def _context(access: Access, form: RulesForm, reasons: BaseReasons, stored: Rules) -> dict[str, Any]:
    supply = gold_supply(access.project)
    return {
        "tabs": people_tabs(access, "rules"),
        "form": form,
        "groups": [(title, [form[name] for name in names]) for title, names in GROUPS],
        "reasons": reasons,
        "stored": stored.stored,
        "supply": supply,
        "supply_words": supply_words(supply),
    }


def _conflict(access: Access, form: RulesForm, reasons: BaseReasons, current: Rules) -> dict[str, Any]:
    """Return the page with what was sent, which is saved over the newest when it is sent once more."""
    names = [name for _, group in GROUPS for name in group]
    again = {name: form.data.get(name) for name in form.data}
    sent = RulesForm(again | {"based_on": current.stored.changed_at.isoformat()})
    sent.is_valid()
    return _context(access, sent, reasons, current) | {
        "conflict": CHANGED,
        "theirs": differing(sent, current, names),
    }


def supply_words(supply: GoldSupply) -> str:
    """Say how many gold examples there are beside what qualifying takes."""
    have = f"{supply.in_use:,} gold example{'s' * (supply.in_use != 1)} in use"
    if not supply.wanted:
        return f"{have}."
    lacking = supply.wanted - supply.in_use
    more = f"{lacking:,} more {'is' if lacking == 1 else 'are'} needed" if lacking > 0 else "that is enough"
    return f"{have}; qualification asks for {supply.wanted:,}; {more}."
