"""Addresses of screening, review and releases; `views/` has one module for each."""

from django.urls import URLPattern, URLResolver, include, path

from review.views import (
    adjudication,
    checks,
    classifier,
    dashboard,
    datasets,
    disagreements,
    dropped,
    duplicates,
    evaluation_sets,
    fixes,
    gold,
    judge,
    personal_data,
    policy,
    readiness,
    rejects,
    releases,
    reviewers,
    rules,
    sample_items,
    sample_report,
    second_looks,
    selections,
    similar,
    stories,
    stream,
    targeted,
    tokenizers,
)

app_name = "review"

of_sample = [
    path("", sample_report.sample_report, name="sample_report"),
    path("items/", sample_items.sample_items, name="sample_items"),
    path("report.csv", sample_report.sample_csv, name="sample_csv"),
    path("report.json", sample_report.sample_json, name="sample_json"),
    path("draws.json", sample_report.sample_record, name="sample_record"),
    path("draws/<int:number>/", sample_report.sample_ids, name="sample_ids"),
    path("more/", sample_report.sample_draw_more, name="sample_draw_more"),
    path("tolerance/", sample_report.sample_tolerance, name="sample_tolerance"),
]
of_dataset: list[URLPattern | URLResolver] = [
    path("", datasets.dataset, name="dataset"),
    path("screen/", datasets.screen, name="screen"),
    path("decide/", datasets.decide, name="decide"),
    path("dropped/", dropped.dropped, name="dropped"),
    path("rule/", dropped.rule, name="rule"),
    path("sample/<int:sample>/", include(of_sample)),
]
of_stream = [
    path("", stream.stream, name="stream"),
    path("next/", stream.claim, name="claim"),
    path("undo/", stream.undo, name="undo"),
    path("view/", stream.view, name="view"),
    path("item/<int:item>/label/", stream.label, name="label"),
    path("item/<int:item>/skip/", stream.skip, name="skip"),
    path("item/<int:item>/fix/", fixes.fix, name="fix"),
    path("item/<int:item>/fix/save/", fixes.fix_save, name="fix_save"),
    path("item/<int:item>/fix/check/", fixes.fix_check, name="fix_check"),
    path("item/<int:item>/reject/", rejects.reject, name="reject"),
    path("item/<int:item>/reject/save/", rejects.reject_save, name="reject_save"),
    path("settings/", rules.rules, name="rules"),
    path("settings/save/", rules.rules_change, name="rules_save"),
    path("targeted/send/", targeted.targeted_send, name="targeted_send"),
    path("mine/", stories.author_desk, name="author_desk"),
    path("item/<int:item>/findings/", stream.findings, name="findings"),
]
of_adjudication = [
    path("", adjudication.adjudication, name="adjudication"),
    path("next/", adjudication.adjudication_claim, name="adjudication_claim"),
    path("undo/", adjudication.adjudication_undo, name="adjudication_undo"),
    path("again/", adjudication.adjudication_again, name="adjudication_again"),
    path("<int:item>/settle/", adjudication.adjudication_settle, name="adjudication_settle"),
    path("<int:item>/skip/", adjudication.adjudication_skip, name="adjudication_skip"),
]
of_second_looks = [
    path("", second_looks.second_looks, name="second_looks"),
    path("next/", second_looks.second_look_claim, name="second_look_claim"),
    path("undo/", second_looks.second_look_undo, name="second_look_undo"),
    path("again/", second_looks.second_look_again, name="second_look_again"),
    path("fill/", second_looks.second_look_fill, name="second_look_fill"),
    path("<int:item>/settle/", second_looks.second_look_settle, name="second_look_settle"),
    path("<int:item>/skip/", second_looks.second_look_skip, name="second_look_skip"),
    path("disagreements/", disagreements.disagreements, name="disagreements"),
    path("disagreements/send/", disagreements.disagreements_send, name="disagreements_send"),
]
of_reviewers = [
    path("", reviewers.reviewers, name="reviewers"),
    path("reviewers.csv", reviewers.reviewers_csv, name="reviewers_csv"),
    path("reviewers.json", reviewers.reviewers_json, name="reviewers_json"),
    path("labels/", reviewers.reviewer_labels, name="reviewer_labels"),
    path("<int:user>/pause/", reviewers.reviewer_stop, name="reviewer_stop"),
    path("<int:user>/resume/", reviewers.reviewer_go_on, name="reviewer_go_on"),
]
of_gold = [
    path("", gold.gold, name="gold"),
    path("<int:pk>/retire/", gold.gold_gone, name="gold_gone"),
    path("<int:pk>/use/", gold.gold_back, name="gold_back"),
]
of_releases = [
    path("", releases.releases, name="releases"),
    path("new/", releases.release_new, name="release_new"),
    path("<uuid:public_id>/", releases.release, name="release"),
    path("<uuid:public_id>/files/<path:path>", releases.release_file, name="release_file"),
]
of_selections = [
    path("", selections.selections, name="selections"),
    path("new/", selections.selection_new, name="selection_new"),
    path("<uuid:public_id>/", selections.selection, name="selection"),
    path("<uuid:public_id>/chosen.csv", selections.selection_csv, name="selection_csv"),
    path("<uuid:public_id>/delete/", selections.selection_gone, name="selection_gone"),
]
of_tokenizers = [
    path("", tokenizers.tokenizers, name="tokenizers"),
    path("new/", tokenizers.tokenizer_new, name="tokenizer_new"),
    path("use/", tokenizers.tokenizer_use, name="tokenizer_use"),
    path("<int:pk>/remove/", tokenizers.tokenizer_gone, name="tokenizer_gone"),
]
of_evaluation_sets = [
    path("", evaluation_sets.evaluation_sets, name="evaluation_sets"),
    path("new/", evaluation_sets.evaluation_set_new, name="evaluation_set_new"),
    path("<int:pk>/remove/", evaluation_sets.evaluation_set_gone, name="evaluation_set_gone"),
    path("<int:pk>/back/", evaluation_sets.evaluation_set_back, name="evaluation_set_back"),
]
of_duplicates = [
    path("", duplicates.duplicates, name="duplicates"),
    path("<int:cluster>/keeper/", duplicates.keeper, name="cluster_keeper"),
    path("<int:cluster>/all/", duplicates.keep_all, name="cluster_keep_all"),
    path("<int:cluster>/one/", duplicates.keep_one, name="cluster_keep_one"),
]
of_policy = [
    path("", policy.policy, name="policy"),
    path("preview/", policy.policy_preview, name="policy_preview"),
    path("save/", policy.policy_save, name="policy_save"),
    path("versions/", policy.policy_versions, name="policy_versions"),
    path("versions/<int:version>/use/", policy.policy_use, name="policy_use"),
]
of_classifier = [
    path("", classifier.classifier, name="classifier"),
    path("train/", classifier.classifier_training, name="classifier_train"),
    path("<int:number>/activate/", classifier.classifier_use, name="classifier_activate"),
    path("retire/", classifier.classifier_stop, name="classifier_retire"),
    path("rules/", classifier.classifier_rules_change, name="classifier_rules"),
    path("imported/", classifier.classifier_imported, name="classifier_imported"),
    path("limit/", classifier.classifier_limit, name="classifier_limit"),
]
of_judge = [
    path("", judge.judge, name="judge"),
    path("rubric/", judge.judge_rubric, name="judge_rubric"),
    path("start/", judge.judge_asking, name="judge_start"),
    path("try/", judge.judge_try, name="judge_try"),
]
of_dashboard = [
    path("", dashboard.project, name="dashboard"),
    path("target/", dashboard.target, name="dashboard_target"),
    path("dashboard.csv", dashboard.project_csv, name="dashboard_csv"),
    path("dashboard.json", dashboard.project_json, name="dashboard_json"),
]
of_project: list[URLPattern | URLResolver] = [
    path("dashboard/", include(of_dashboard)),
    path("readiness/", readiness.checklist, name="readiness"),
    path("readiness/sign/", readiness.sign, name="readiness_sign"),
    path("d/<slug:dataset>/", include(of_dataset)),
    path("review/", include(of_stream)),
    path("adjudication/", include(of_adjudication)),
    path("second-look/", include(of_second_looks)),
    path("reviewers/", include(of_reviewers)),
    path("gold/", include(of_gold)),
    path("releases/", include(of_releases)),
    path("selections/", include(of_selections)),
    path("policy/", include(of_policy)),
    path("classifier/", include(of_classifier)),
    path("judge/", include(of_judge)),
    path("duplicates/", include(of_duplicates)),
    path("rulings/", dropped.rulings, name="rulings"),
    path("similar/", similar.similar, name="similar"),
    path("check/<uuid:public_id>/", checks.check, name="check"),
    path("rulings/<int:ruling>/undo/", dropped.undo, name="ruling_undo"),
    path("e/<uuid:public_id>/story/", stories.example_story, name="example_story"),
    path("e/<uuid:public_id>/screening/", dropped.example_screening, name="example_screening"),
    path("e/<uuid:public_id>/gold/", gold.gold_form, name="gold_form"),
    path("e/<uuid:public_id>/gold/save/", gold.gold_save, name="gold_save"),
    path("tokenizers/", include(of_tokenizers)),
    path("evaluation-sets/", include(of_evaluation_sets)),
    path("e/<uuid:public_id>/personal-data/", personal_data.personal_data, name="personal_data"),
    path("e/<uuid:public_id>/personal-data/replace/", personal_data.replace, name="personal_data_replace"),
]
urlpatterns = [path("p/<slug:project>/", include(of_project))]
