"""Where parts are joined: settings and a running stack become logs, stores, scorers and consumers.

Nothing is opened before it is asked for, so a command pays for what it uses.
"""

import os
import secrets
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from events import topics
from events.errors import NotFoundError, SettingsError
from ringwatch.services.endpoints import Endpoints, write_private
from ringwatch.settings import Settings
from storage.clock import Clock, SystemClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from celery import Celery
    from pydantic import SecretStr

    from console import ConsoleParts
    from events.door import Door
    from events.tokens import Tokeniser
    from features.catalogue import Catalogue
    from features.places import Places
    from graph.driver import GraphStore
    from graph.lookup import GraphFeatureReader
    from graph.writer import GraphWriter
    from nlp import AddressParser, KeyCache
    from nlp.lifecycle import Corrections
    from nlp.lifecycle.field_parser import FieldParser
    from nlp.pool import ParserPool
    from scoring import Columns, Costs, Registry, Release, Scorer
    from scoring.train import Trained
    from storage import RedisKeyValue
    from storage.blob import BlobStore
    from storage.metrics import Metrics
    from streaming.alias_maps import AliasMaps
    from streaming.backfill import Backfill
    from streaming.catalogues import Catalogues
    from streaming.checkpoint import CheckpointStore
    from streaming.consume import Consumer, Sink
    from streaming.join_labels import JoinLabels
    from streaming.leading import ScoreCandidate
    from streaming.log.port import Log, Producer
    from streaming.score import ScoreTransactions
    from streaming.score_parts import ScoreParts, ScoreSettings
    from workers import WorkerParts

STACK = "stack"
_KEY_BYTES = 32
_MOST_OF_AN_ENTRY = 8_192  # inputs, of some 60 bytes: half of what Kafka takes for a record


class Wiring:
    """The parts of one process. Close it to release what was opened."""

    def __init__(self, settings: Settings, *, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self._closers: list[Callable[[], None]] = []

    # --- where services are -------------------------------------------------------------------------------

    @cached_property
    def endpoints(self) -> Endpoints:
        """What the settings say, and the running local stack for the rest."""
        found = self._stack()
        settings = self.settings
        graph = settings.graph
        return replace(
            found,
            log_url=_url(settings.log.url) or found.log_url,
            cache_url=_url(settings.cache.url) or found.cache_url,
            broker_url=_url(settings.broker.url) or found.broker_url,
            graph_url=graph.url or found.graph_url,
            graph_dialect=graph.dialect or found.graph_dialect,
            graph_user=graph.user or found.graph_user,
            graph_password=self._graph_password() or found.graph_password,
        )

    def _stack(self) -> Endpoints:
        try:
            return Endpoints.load(self.settings.var / STACK)
        except NotFoundError:
            return Endpoints()

    def _graph_password(self) -> str:
        graph = self.settings.graph
        if graph.password is not None:
            return graph.password.get_secret_value()
        return _read_secret(graph.password_file, "[graph] password_file") if graph.password_file else ""

    def need(self, name: str, value: str) -> str:
        """`value`, or a `SettingsError` that says what to do when it is empty."""
        if not value:
            variable = f"RINGWATCH_{name.upper()}__URL"
            raise SettingsError(
                f"no {name}: start a local stack with `ringwatch up`, or set [{name}] url ({variable})"
            )
        return value

    # --- stores -------------------------------------------------------------------------------------------

    @cached_property
    def log(self) -> "Log":
        from streaming.log.open import open_log

        log = open_log(self.need("log", self.endpoints.log_url))
        log.ensure_topics(topics.ALL, self.settings.log.partitions)
        self._closers.append(log.close)
        return log

    @cached_property
    def cache(self) -> "RedisKeyValue":
        from storage import RedisKeyValue

        return RedisKeyValue(self.need("cache", self.endpoints.cache_url))

    @cached_property
    def leases(self) -> "RedisKeyValue":
        """Keys that must not be evicted live beside the broker."""
        from storage import RedisKeyValue

        return RedisKeyValue(self.need("broker", self.endpoints.broker_url))

    @cached_property
    def blobs(self) -> "BlobStore":
        from storage import FolderBlobs, S3Blobs

        url = self.settings.blobs.url
        if url is not None and "://" in url:
            return S3Blobs(url)
        return FolderBlobs(Path(url) if url else self.settings.var / "blobs")

    @cached_property
    def graph(self) -> "GraphStore":
        from graph.driver import GraphStore

        at = self.endpoints
        url = self.need("graph", at.graph_url)
        if not at.graph_dialect:
            raise SettingsError("[graph] dialect is missing: neo4j or arcadedb (RINGWATCH_GRAPH__DIALECT)")
        store = GraphStore.open(url, at.graph_user, at.graph_password, at.graph_dialect)
        self._closers.append(store.close)
        return store

    @cached_property
    def registry(self) -> "Registry":
        from scoring import Registry

        return Registry(self.blobs, self.clock)

    # --- secrets ------------------------------------------------------------------------------------------

    @cached_property
    def token_keys(self) -> dict[int, bytes]:
        """Keys of the tokeniser by version; a local installation makes its own on first use."""
        path = self.settings.door.key_file
        if path is None:
            path = self.settings.var / "secrets" / "token-keys"
            if not path.exists():
                _write_secret(path, f"1 {secrets.token_hex(_KEY_BYTES)}\n")
        return _read_keys(path)

    @cached_property
    def api_token(self) -> str:
        """The bearer token of the API; made on first use where none is set."""
        api = self.settings.api
        if api.token is not None:
            return api.token.get_secret_value()
        path = api.token_file or self.settings.var / "secrets" / "api-token"
        if api.token_file is None and not path.exists():
            _write_secret(path, secrets.token_urlsafe(32) + "\n")
        return _read_secret(path, "[api] token_file")

    # --- parts --------------------------------------------------------------------------------------------

    @cached_property
    def door(self) -> "Door":
        from events.door import Door
        from events.money import default_rates

        return Door(self.tokeniser, default_rates(), self.settings.door.check_free_text)

    @cached_property
    def tokeniser(self) -> "Tokeniser":
        from events.tokens import Tokeniser

        return Tokeniser(self.token_keys, max(self.token_keys))

    @cached_property
    def metrics(self) -> "Metrics":
        from storage.metrics import Metrics

        return Metrics()

    @cached_property
    def catalogue(self) -> "Catalogue":
        return self.catalogue_with(self.settings.features.file)

    def catalogue_with(self, file: Path | None) -> "Catalogue":
        """The catalogue of the families that are on, and of the features in `file`; SettingsError for a fault."""
        from features.catalogue import Catalogue
        from features.default import default_features
        from features.user_file import load_own, with_own

        try:
            defaults = default_features(self.settings.features.families)
        except ValueError as error:
            raise SettingsError(f"[features] families: {error}") from None
        return Catalogue(defaults if file is None else with_own(defaults, load_own(file, defaults)))

    @cached_property
    def parser(self) -> "AddressParser":
        from nlp import load_parser

        return load_parser()

    @cached_property
    def parser_version(self) -> str:
        """Known without loading the parser, for parts that leave parsing to processes of their own."""
        from nlp.parser import default_version

        return default_version()

    @cached_property
    def parser_pool(self) -> "ParserPool":
        """The scorer's processes for address texts."""
        return self._pool(self.settings.addresses.processes)

    def _pool(self, processes: int) -> "ParserPool":
        from nlp.pool import ParserPool
        from nlp.pool_port import PoolSettings
        from nlp.pool_process import Processes

        own = self.settings.addresses
        settings = PoolSettings(processes=processes, text_ms=own.text_ms, tries=own.tries)
        crew = Processes(self.parser_version, settings)
        pool = ParserPool(self.parser_version, crew, self.clock, self.metrics, settings)
        self._closers.append(pool.close)
        return pool

    @cached_property
    def addresses(self) -> "KeyCache":
        """Address keys with the shared cache behind the local one, for the scorer."""
        return self._addresses(self.parser_pool if self.settings.addresses.processes else self.parser)

    @cached_property
    def patient_addresses(self) -> "KeyCache":
        """The same for parts that wait for every key: one process, so that a text that hangs doesn't hang them."""
        return self._addresses(self._pool(1) if self.settings.addresses.processes else self.parser)

    def _addresses(self, parser: "AddressParser | ParserPool") -> "KeyCache":
        from concurrent.futures import ThreadPoolExecutor

        from nlp import KeyCache

        behind = ThreadPoolExecutor(1, thread_name_prefix="address-keys")
        self._closers.append(behind.shutdown)
        return KeyCache(parser, self.cache, size=200_000, metrics=self.metrics, behind=behind)

    @cached_property
    def local_addresses(self) -> "KeyCache":
        """Address keys without a cache service, for back-fills."""
        from nlp import KeyCache

        return KeyCache(self.parser, None, size=1_000_000)

    @cached_property
    def graph_features(self) -> "GraphFeatureReader":
        from graph.lookup import GraphFeatureReader

        return GraphFeatureReader(
            self.cache, self.clock, stale_after_ms=3_000 * self.settings.communities.every_s
        )

    @cached_property
    def costs(self) -> "Costs":
        from scoring import Costs

        return Costs(**self.settings.costs.model_dump())

    @cached_property
    def columns(self) -> "Columns":
        from scoring import columns_of

        return columns_of(self.catalogue)

    def load_scorer(self, release: str, columns: "Columns | None" = None) -> "Scorer":
        """The scorer of a release, for these columns (the settings'); `COLD` is the start without one: rules alone."""
        from scoring import COLD, Scorer

        columns = columns or self.columns
        if release == COLD:
            return Scorer.cold(columns)
        return Scorer.load(self.registry, release, columns, parser=self.parser_version)

    @cached_property
    def alias_maps(self) -> "AliasMaps":
        from streaming.alias_maps import AliasMaps

        return AliasMaps(self.registry)

    def active_places(self) -> "Places":
        """The places of the release in force."""
        active = self.registry.active()
        return self.alias_maps.get((active.alias_map if active else None) or "")

    @cached_property
    def corrections(self) -> "Corrections":
        from nlp.lifecycle import Corrections

        return Corrections(self.blobs)

    def tagger_models(self, name: str | None) -> dict[str, bytes]:
        """The models of a tagger by country; those of the package for None."""
        from nlp.lifecycle import unpack
        from nlp.lifecycle.taggers import shipped

        return shipped() if name is None else unpack(self.registry.get(name))

    @cached_property
    def field_parser(self) -> "FieldParser":
        """The parser with the tagger of the release in force."""
        from nlp.lifecycle.field_parser import FieldParser
        from nlp.lifecycle.taggers import reader_of

        active = self.registry.active()
        tagger = active.tagger if active else None
        return FieldParser(self.parser, reader_of(self.tagger_models(tagger)) if tagger else None)

    @cached_property
    def catalogues(self) -> "Catalogues":
        from streaming.catalogues import Catalogues

        return Catalogues(self.registry, self.blobs)

    def catalogue_of(self, version: str) -> "Catalogue":
        """The catalogue of the settings, or the stored one of that version."""
        return self.catalogue if version == self.catalogue.version else self.catalogues.get(version)

    def load_serving(self, release: str) -> "Scorer":
        """The scorer of a release with the catalogue it was made for, be it the settings' or not."""
        from scoring import COLD, columns_of

        if release == COLD:
            return self.load_scorer(release)
        return self.load_scorer(
            release, columns_of(self.catalogue_of(self.registry.release(release).catalogue))
        )

    def backfill(self, *, communities_every_ms: int) -> "Backfill":
        from streaming.backfill import Backfill, BackfillSettings

        settings = BackfillSettings(
            communities_every_ms=communities_every_ms, seed=self.settings.communities.seed
        )
        return Backfill(self.catalogue, self.local_addresses, settings, self.active_places())

    def score(self) -> "ScoreTransactions":
        """The scorer with its journal on disk. `ConflictError` where another process works on its folder."""
        from streaming.lock import lock_folder
        from streaming.score import ScoreTransactions

        held = lock_folder(self.state_folder)
        self._closers.append(lambda: os.close(held))
        self._start_parsers()
        return ScoreTransactions(self.score_parts(), self.score_settings())

    def score_candidate(self, say: "Callable[[str], None]") -> "ScoreCandidate":
        """A scorer with its journal in a topic: one of possibly several, of which one leads."""
        from storage import Lease
        from streaming.leading import ScoreCandidate

        if self.settings.score.batch > _MOST_OF_AN_ENTRY:
            raise SettingsError(
                f"[score] batch: at most {_MOST_OF_AN_ENTRY} where the journal is a topic, whose records must hold one"
            )
        self._start_parsers()
        lease = Lease(self.leases, "score", self.settings.score.lease_ms, self.clock)
        return ScoreCandidate(self.score_parts(), self.score_settings(), lease, say)

    def _start_parsers(self) -> None:
        """They load while the scorer restores its state."""
        if self.settings.addresses.processes:
            self.parser_pool.start()

    def score_parts(self) -> "ScoreParts":
        """The scorer's surroundings. The catalogue of the settings is stored: a later replay may ask for it."""
        from concurrent.futures import ThreadPoolExecutor

        from streaming.score_parts import ScoreParts

        self.catalogues.put(self.catalogue)
        store = self.state_store
        return ScoreParts(
            log=self.log,
            catalogue=self.catalogue,
            addresses=self.addresses,
            graph=self.graph_features,
            load_scorer=self.load_serving,
            clock=self.clock,
            metrics=self.metrics,
            folder=self.state_folder,
            blobs=store.blobs,
            prefix=store.prefix,
            load_catalogue=self.catalogues.get,
            load_places=self.alias_maps.get,
            sender=ThreadPoolExecutor(1, thread_name_prefix="score-sender"),
        )

    def score_settings(self) -> "ScoreSettings":
        from streaming.score_parts import ScoreSettings

        own = self.settings.score
        return ScoreSettings(
            batch=own.batch,
            linger_s=own.linger_ms / 1000,
            checkpoint_events=own.checkpoint_events,
            keep_checkpoints=own.keep_checkpoints,
            journal=own.journal,
            sync=own.journal_sync,
            sample=own.feature_sample,
            seen_horizon=own.seen_horizon,
            merge_wait_ms=own.merge_wait_ms,
            dead_letter_limit=own.dead_letter_limit,
            address_ms=self.settings.addresses.budget_ms,
        )

    @property
    def state_folder(self) -> Path:
        """Where the scorer keeps its journal, and its checkpoints where [blobs] url is not set."""
        return self.settings.var / "score"

    @cached_property
    def state_store(self) -> "CheckpointStore":
        """The scorer's checkpoints: below `score/` of the blob store that is set, else in its own folder."""
        from storage import FolderBlobs
        from streaming.checkpoint import CheckpointStore

        if self.settings.blobs.url is None:
            return CheckpointStore(FolderBlobs(self.state_folder))
        return CheckpointStore(self.blobs, "score/")

    def active_release(self) -> str:
        """The id of the release in force; `COLD` before the first."""
        from scoring import COLD

        active = self.registry.active()
        return active.id if active else COLD

    def release_to_change(self) -> "Release":
        """The release in force; before the first one rules alone, as a release that others can be made from."""
        from scoring import Model, Policy, RuleSet, make_release

        active = self.registry.active()
        if active is not None:
            return active
        registry = self.registry
        return make_release(
            model=registry.put("model", Model.cold().to_bytes()),
            rules=registry.put("rules", RuleSet().to_bytes()),
            policy=registry.put("policy", Policy().to_bytes()),
            parser=self.parser_version,
            catalogue=self.catalogues.put(self.catalogue),
            actor="ringwatch",
            reason="before the first release",
            clock=self.clock,
        )

    def store_release(self, trained: "Trained", *, actor: str, reason: str) -> "Release":
        """A release of a trained model with the rules in force. Nothing is activated."""
        from scoring import RuleSet
        from streaming.training import store

        active = self.registry.active()
        self.catalogues.put(self.catalogue)
        return store(
            trained,
            self.registry,
            rules=RuleSet.load(self.registry.get(active.rules)) if active else RuleSet(),
            parser=self.parser_version,
            columns=self.columns,
            actor=actor,
            reason=reason,
            clock=self.clock,
            under=active,
        )

    @cached_property
    def label_producer(self) -> "Producer":
        return self.log.open_producer("labels", [topics.LABELS_JOINED.name, topics.DLQ.name])

    def label_sink(self) -> "JoinLabels":
        from streaming.join_labels import JoinLabels

        return JoinLabels(
            self.settings.var / "labels" / "index.sqlite", self.patient_addresses, self.label_producer
        )

    def labels(self) -> "Consumer":
        return self._consumer(self.label_sink(), self.label_producer)

    def graph_writer(self) -> "GraphWriter":
        from graph.writer import GraphWriter

        self.graph.ensure_schema()
        return GraphWriter(self.graph, "graph")

    def write_graph(self) -> "Consumer":
        from streaming.write_graph import WriteGraph

        sink = WriteGraph(self.graph_writer(), self.patient_addresses)
        return self._consumer(sink, self.log.open_producer("graph", [topics.DLQ.name]))

    def write_lake(self) -> "Consumer":
        from streaming.write_lake import WriteLake

        own = self.settings.lake
        sink = WriteLake(self.blobs, self.clock, rows=own.rows, wait_ms=own.wait_ms)
        return self._consumer(sink, self.log.open_producer("lake", [topics.DLQ.name]))

    def _consumer(self, sink: "Sink", producer: "Producer") -> "Consumer":
        from streaming.consume import Consumer

        limit = self.settings.score.dead_letter_limit
        return Consumer(self.log, sink, producer, self.clock, self.metrics, dead_letter_limit=limit)

    def console_parts(self) -> "ConsoleParts":
        """Parts of the HTTP API. Its docs need no token, so they are shown on the loopback interface alone."""
        from console import ConsoleParts, ConsoleSettings

        api = self.settings.api
        return ConsoleParts(
            log=self.log,
            kv=self.cache,
            blobs=self.blobs,
            door=self.door,
            clock=self.clock,
            metrics=self.metrics,
            token=self.api_token,
            settings=ConsoleSettings(
                deadline_ms=api.deadline_ms, docs=api.host in {"127.0.0.1", "::1", "localhost"}
            ),
        )

    # --- jobs ---------------------------------------------------------------------------------------------

    def worker_app(self) -> "Celery":
        """The Celery application. Its parts are built in the process that runs a task, never before a fork."""
        from workers import make_app

        return make_app(self.worker_parts(self.fresh))

    def worker_parts(self, of: "Callable[[], Wiring]") -> "WorkerParts":
        """What tasks are made of; `of` gives the wiring of the process that runs one."""
        from workers import WorkerParts, WorkerSettings

        own = self.settings.communities
        return WorkerParts(
            graph=lambda: of().graph,
            cache=lambda: of().cache,
            leases=lambda: of().leases,
            blobs=lambda: of().blobs,
            addresses=lambda: of().local_addresses,
            catalogue=lambda: of().catalogue,
            costs=self.costs,
            clock=self.clock,
            settings=WorkerSettings(
                broker_url=self.need("broker", self.endpoints.broker_url),
                communities_every_s=own.every_s,
                keep_versions_s=own.keep_versions_s,
                seed=own.seed,
            ),
        )

    def fresh(self) -> "Wiring":
        """The same settings with nothing opened yet."""
        return Wiring(self.settings, clock=self.clock)

    def close(self) -> None:
        while self._closers:
            self._closers.pop()()


def _url(value: "SecretStr | None") -> str:
    return value.get_secret_value() if value is not None else ""


def _write_secret(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(path, text.encode())


def _read_secret(path: Path, setting: str) -> str:
    try:
        return path.read_text().strip()
    except OSError as error:
        raise SettingsError(f"{setting} {path} can't be read: {error.strerror}") from error


def _read_keys(path: Path) -> dict[int, bytes]:
    try:
        lines = [line.split() for line in path.read_text().splitlines() if line.strip()]
        keys = {int(version): bytes.fromhex(key) for version, key in lines}
    except OSError as error:
        raise SettingsError(f"[door] key_file {path} can't be read: {error.strerror}") from error
    except ValueError as error:
        raise SettingsError(f"[door] key_file {path}: every line must be `version hex-key`") from error
    if not keys:
        raise SettingsError(f"[door] key_file {path} holds no key")
    return keys
