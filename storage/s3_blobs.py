"""Blobs in an S3 bucket (or any object store that obstore reads: GCS, Azure, memory), by its URL."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from events.errors import ConflictError, NotFoundError, UnavailableError
from storage.folder_blobs import check_key

_REMOTE = ("s3://", "gs://", "az://")
_RETRIES = 3
_RETRY_TIMEOUT = timedelta(seconds=20)


class S3Blobs:
    """`storage.blob.BlobStore` over an object store.

    Args:
        url: `s3://bucket/prefix`; also `gs://`, `az://`, `memory:///`.
        options: obstore's settings by name (`aws_region`, `aws_endpoint`, `aws_access_key_id`, ...); what is not
            given comes from the environment, as the store's own tools do it.

    Needs the extra `s3`. A put is one request, which the store makes visible whole; `if_absent` needs a store
    with conditional puts (S3 has them).
    """

    def __init__(self, url: str, options: Mapping[str, str] | None = None) -> None:
        from obstore.store import from_url

        # Which options there are depends on the store that the URL names, which no type can say.
        make: Any = from_url
        given: dict[str, Any] = {}
        if options:
            given["config"] = dict(options)
        if url.startswith(_REMOTE):
            given["retry_config"] = {"max_retries": _RETRIES, "retry_timeout": _RETRY_TIMEOUT}
            # An endpoint of one's own without TLS (a MinIO beside the application) is meant where it is written.
            plain = any(value.startswith("http://") for value in (options or {}).values())
            given["client_options"] = {"allow_http": True} if plain else {}
        self._store: Any = make(url, **given)

    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        import obstore
        from obstore.exceptions import AlreadyExistsError

        with _store_errors(check_key(key)):
            try:
                obstore.put(self._store, key, data, mode="create" if if_absent else "overwrite")
            except AlreadyExistsError:
                if self.get(key) != data:
                    raise ConflictError(f"{key} exists with other bytes") from None

    def get(self, key: str) -> bytes:
        import obstore

        with _store_errors(check_key(key)):
            return bytes(obstore.get(self._store, key).bytes())

    def exists(self, key: str) -> bool:
        import obstore

        try:
            with _store_errors(check_key(key)):
                obstore.head(self._store, key)
        except NotFoundError:
            return False
        return True

    def list(self, prefix: str = "") -> Iterator[str]:
        import obstore

        # The store lists below a folder only; the rest of the prefix is matched here.
        folder = prefix.rpartition("/")[0]
        with _store_errors(prefix):
            pages = obstore.list(self._store, prefix=folder or None)
            found = [str(item["path"]) for page in pages for item in page]
        yield from sorted(key for key in found if key.startswith(prefix))

    def delete(self, key: str) -> None:
        import obstore

        try:
            with _store_errors(check_key(key)):
                obstore.delete(self._store, key)
        except NotFoundError:
            return


@contextmanager
def _store_errors(key: str) -> Iterator[None]:
    from obstore.exceptions import BaseError
    from obstore.exceptions import NotFoundError as MissingError

    try:
        yield
    except (MissingError, FileNotFoundError):
        raise NotFoundError(f"no blob {key}") from None
    except BaseError as error:
        raise UnavailableError(f"the object store does not take {key}: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
