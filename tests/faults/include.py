"""What a worker of the fault tests loads besides the apps."""

from jobs.kinds import register
from review.services import screening
from tests.faults.kinds import KIND

register(KIND)
# So that few examples make many chunks.
screening.CHUNK = 100
screening.BATCH = 50
