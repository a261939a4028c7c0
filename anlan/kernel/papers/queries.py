"""Reads: the papers about a subject, and the bytes of one."""

from uuid import UUID

from django.db.models import QuerySet

from anlan.kernel.core import attachments
from anlan.kernel.papers.models import Paper


def papers_about(subject_type: str, subject_id: UUID | str) -> QuerySet[Paper]:
    """The papers issued about a subject, newest first."""
    rows = Paper.objects.filter(subject_type=subject_type, subject_id=str(subject_id))
    return rows.select_related("file").order_by("-at", "-serial")


def bytes_of(paper: Paper) -> bytes:
    """The document as it was issued."""
    return attachments.path_of(paper.file.sm3).read_bytes()
