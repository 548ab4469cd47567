"""What is stored of screening, samples, labels, decisions and releases."""

from review.models.labels import DatasetDecision, Label
from review.models.releases import Release, ReleaseFile, ReleaseItem
from review.models.samples import Sample, SampleItem, Skip
from review.models.screening import Measurement, PolicyVersion

__all__ = [
    "DatasetDecision",
    "Label",
    "Measurement",
    "PolicyVersion",
    "Release",
    "ReleaseFile",
    "ReleaseItem",
    "Sample",
    "SampleItem",
    "Skip",
]
