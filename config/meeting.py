"""Where the apps meet, named here so that no app needs to know the ones above it.

What follows when a job of a kind is done, which page shows a dataset, what stands beside the editor and beside an
example, which column the table of examples has beside its own, what can be done with picked examples, what its author
is told of what reviewers did, what the top bar of a project leads to, and what can be done by a key that people may
move.
"""

from accounts.keys import Action

JOB_FOLLOW_UPS = {"import": ("review.services.screening.after_import",)}
DATASET_PAGE = "review:dataset"
LIVE_CHECKS = "review:check"
EXAMPLE_PANEL = "review:example_screening"
AUTHOR_PANEL = "review:example_story"
AUTHOR_DESK = "review:author_desk"
BROWSE_ALSO = ({"label": "Search by meaning", "url": "review:similar"},)
BROWSE_COLUMN = "review.views.browse_scores.score_column"
BROWSE_SEND = {"label": "Send to targeted review", "url": "review:targeted_send"}
_staff = ("manager", "reviewer")
PROJECT_NAV = (
    {
        "label": "Dashboard",
        "url": "review:dashboard",
        "roles": _staff,
        "also": ("review:dashboard_target", "review:readiness", "review:readiness_sign"),
    },
    {
        "label": "Write",
        "url": "annotate:desk",
        "roles": ("manager", "annotator"),
        "also": ("annotate:write_new", "annotate:edit", "review:author_desk"),
    },
    {
        "label": "Review",
        "url": "review:stream",
        "roles": _staff,
        "also": (
            "review:adjudication",
            "review:adjudication_settle",
            "review:second_looks",
            "review:second_look_settle",
            "review:disagreements",
            "review:reviewers",
            "review:reviewer_labels",
            "review:reviewer_stop",
            "review:gold",
            "review:gold_form",
            "review:gold_save",
            "review:rules",
            "review:rules_save",
        ),
    },
    {
        "label": "Datasets",
        "url": "annotate:project",
        "roles": (*_staff, "annotator"),
        "also": (
            "review:dataset",
            "review:dropped",
            "review:sample_report",
            "review:sample_items",
            "review:sample_draw_more",
            "review:sample_tolerance",
            "review:rulings",
            "review:duplicates",
            "annotate:dataset",
            "annotate:dataset_new",
            "annotate:dataset_settings",
            "annotate:import_new",
            "annotate:import",
            "annotate:import_start",
            "annotate:settings",
            "annotate:guidelines",
        ),
    },
    {
        "label": "Browse",
        "url": "annotate:browse",
        "roles": _staff,
        "also": (
            "annotate:example",
            "annotate:history",
            "annotate:restore",
            "review:example_screening",
            "review:personal_data",
            "review:similar",
        ),
    },
    {
        "label": "Policy",
        "url": "review:policy",
        "roles": _staff,
        "also": (
            "review:policy_preview",
            "review:policy_save",
            "review:policy_versions",
            "review:tokenizers",
            "review:evaluation_sets",
        ),
    },
    {
        "label": "Classifier",
        "url": "review:classifier",
        "roles": _staff,
        "also": (
            "review:classifier_train",
            "review:classifier_activate",
            "review:classifier_rules",
            "review:classifier_imported",
            "review:classifier_limit",
            "review:judge",
            "review:judge_rubric",
            "review:judge_start",
            "review:judge_try",
        ),
    },
    {
        "label": "Releases",
        "url": "review:releases",
        "roles": _staff,
        "also": ("review:release", "review:selections", "review:selection", "review:selection_new"),
    },
    {
        "label": "People",
        "url": "annotate:people",
        "roles": ("manager",),
        "also": ("annotate:invite", "annotate:member_role", "annotate:member_remove"),
    },
)
KEY_ACTIONS = (
    Action("good", "Good, and next", "a"),
    Action("bad", "Bad: then the reason", "x"),
    Action("skip", "Skip: pass it on to somebody else", "s"),
    Action("fix", "Fix the text and accept it", "e"),
    Action("reject", "Reject: return to its author, or remove", "r"),
    Action("undo", "Undo the last decision", "u"),
    Action("next", "Next turn; next example in a list", "j", also="ArrowRight"),
    Action("previous", "Previous turn; previous example in a list", "k", also="ArrowLeft"),
    Action("find", "Search the conversation", "/"),
    Action("find_next", "Next match", "n"),
    Action("find_previous", "Previous match", "shift+n"),
    Action("markdown", "Markdown or plain text", "m"),
    Action("submit", "Submit and next; save a form", "ctrl+enter", chord=True),
    Action("save", "Save the draft now", "ctrl+s", chord=True),
    Action("turn_add", "Add a turn", "alt+n", chord=True),
    Action("turn_up", "Move the turn up", "alt+arrowup", chord=True),
    Action("turn_down", "Move the turn down", "alt+arrowdown", chord=True),
)
