"""Uploads: what is larger than the cap is not stored, whatever its sender said of its size."""

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest


class CappedUploadHandler(FileUploadHandler):
    """Stands before the handlers that store; ends an upload at the cap and says so on the request.

    The rest is read and dropped: a connection that is cut would show the sender no reason.
    """

    taken = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.taken += len(raw_data)
        if self.taken > settings.UPLOAD_MAX_BYTES:
            self.request.upload_is_too_large = True  # type: ignore[union-attr]
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        return None


def is_too_large(request: HttpRequest) -> bool:
    """Whether a file of this request was larger than the cap and so was not stored."""
    return getattr(request, "upload_is_too_large", False)
