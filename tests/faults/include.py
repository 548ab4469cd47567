"""What a worker of the fault tests loads besides the apps."""

from annotate.services import loading
from jobs.kinds import register
from review.services import release_writing, screening
from tests.faults.kinds import KIND

register(KIND)
# So that few examples make many chunks.
loading.CHUNK_RECORDS = 500
screening.CHUNK = release_writing.CHUNK = 100
screening.BATCH = release_writing.BATCH = 50
