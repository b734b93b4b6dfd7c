"""Catalogues in the registry, found by their version.

The artefact is there like any other, by the hash of its bytes; `registry/catalogues/<version>` names it.
"""

from events.errors import CorruptError, NotFoundError
from features.catalogue import Catalogue
from scoring import Registry
from storage.blob import BlobStore

_FOLDER = "registry/catalogues/"


class Catalogues:
    """Catalogues of all releases, and of the settings that a scorer ran with."""

    def __init__(self, registry: Registry, blobs: BlobStore) -> None:
        self._registry = registry
        self._blobs = blobs
        self._known: dict[str, Catalogue] = {}

    def put(self, catalogue: Catalogue) -> str:
        """Store `catalogue` and return its version."""
        key = _FOLDER + catalogue.version
        if not self._blobs.exists(key):
            name = self._registry.put("catalogue", catalogue.to_bytes(), {"version": catalogue.version})
            self._blobs.put(key, name.encode())
        return catalogue.version

    def get(self, version: str) -> Catalogue:
        """The catalogue of that version. `NotFoundError` where it was never stored; `CorruptError` on other bytes."""
        if version not in self._known:
            try:
                name = self._blobs.get(_FOLDER + version).decode()
            except NotFoundError:
                raise NotFoundError(
                    f"the registry holds no catalogue {version}; start the scorer once with the settings it was made "
                    "with, or train a release for the present one"
                ) from None
            catalogue = Catalogue.from_bytes(self._registry.get(name))
            if catalogue.version != version:
                raise CorruptError(f"catalogue {version} is {catalogue.version} by its bytes")
            self._known[version] = catalogue
        return self._known[version]
