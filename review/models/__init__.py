"""What is stored of screening, samples, labels, decisions and releases."""

from review.models.classifiers import ClassifierRules, ClassifierVersion
from review.models.duplicates import Band, ClusterMember, DuplicateCluster
from review.models.judging import JudgeRubric
from review.models.labels import DatasetDecision, Label
from review.models.queue import Queue, QueueItem, Skip
from review.models.references import EvaluationSet, EvaluationText, Tokenizer
from review.models.releases import Release, ReleaseFile, ReleaseItem
from review.models.remedies import Remedy
from review.models.remote import RemoteScore
from review.models.reviewing import GoldExample, Qualification, ReadinessSign, ReviewerPause, ReviewRules
from review.models.rulings import Ruling, RulingItem
from review.models.samples import Sample, SampleItem, SampleStage
from review.models.screening import Measurement, PolicyVersion, ScorerVersion
from review.models.selections import Selection, SelectionItem
from review.models.tallies import ImportedTally, LabelTally, Tally

__all__ = [
    "Band",
    "ClassifierRules",
    "ClassifierVersion",
    "ClusterMember",
    "DatasetDecision",
    "DuplicateCluster",
    "EvaluationSet",
    "EvaluationText",
    "GoldExample",
    "ImportedTally",
    "JudgeRubric",
    "Label",
    "LabelTally",
    "Measurement",
    "PolicyVersion",
    "Qualification",
    "Queue",
    "QueueItem",
    "ReadinessSign",
    "Release",
    "ReleaseFile",
    "ReleaseItem",
    "Remedy",
    "RemoteScore",
    "ReviewRules",
    "ReviewerPause",
    "Ruling",
    "RulingItem",
    "Sample",
    "SampleItem",
    "SampleStage",
    "ScorerVersion",
    "Selection",
    "SelectionItem",
    "Skip",
    "Tally",
    "Tokenizer",
]
