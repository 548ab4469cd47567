"""What is stored of screening, samples, labels, decisions and releases."""

from review.models.duplicates import Band, ClusterMember, DuplicateCluster
from review.models.labels import DatasetDecision, Label
from review.models.references import EvaluationSet, EvaluationText, Tokenizer
from review.models.releases import Release, ReleaseFile, ReleaseItem
from review.models.remote import RemoteScore
from review.models.rulings import Ruling, RulingItem
from review.models.samples import Sample, SampleItem, Skip
from review.models.screening import Measurement, PolicyVersion, ScorerVersion

__all__ = [
    "Band",
    "ClusterMember",
    "DatasetDecision",
    "DuplicateCluster",
    "EvaluationSet",
    "EvaluationText",
    "Label",
    "Measurement",
    "PolicyVersion",
    "Release",
    "ReleaseFile",
    "ReleaseItem",
    "RemoteScore",
    "Ruling",
    "RulingItem",
    "Sample",
    "SampleItem",
    "ScorerVersion",
    "Skip",
    "Tokenizer",
]
