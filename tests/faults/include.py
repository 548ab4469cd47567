"""What a worker of the fault tests loads besides the apps."""

from jobs.kinds import register
from tests.faults.kinds import KIND

register(KIND)
