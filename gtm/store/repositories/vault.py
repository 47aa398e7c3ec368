"""Queries on the vault's rows; what is stored here was encrypted before."""

from datetime import datetime

from sqlmodel import Session, col, select

from gtm.store.models.stages import VaultSecret
from gtm.store.repositories.statements import remove, upsert


def put_ciphertext(session: Session, ref: str, ciphertext: str, now: datetime) -> None:
    """Store an encrypted value under its `vault://` reference, in place of the one before."""
    upsert(session, VaultSecret, [{"ref": ref, "ciphertext": ciphertext, "created_at": now}], ["ref"])


def get_ciphertext(session: Session, ref: str) -> str | None:
    """The encrypted value of a reference."""
    return session.exec(select(VaultSecret.ciphertext).where(VaultSecret.ref == ref)).first()


def references(session: Session) -> list[str]:
    """Every reference that has a value, in order."""
    return list(session.exec(select(VaultSecret.ref).order_by(col(VaultSecret.ref))))


def delete(session: Session, ref: str) -> bool:
    """Forget a value; False when there was none."""
    return remove(session, VaultSecret, col(VaultSecret.ref) == ref) == 1
