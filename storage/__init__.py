"""Ports that several rooms share, and their adapters: blobs, key-values, leases, the clock, metrics."""

from storage.blob import BlobStore
from storage.clock import Clock, ManualClock, SystemClock
from storage.folder_blobs import FolderBlobs
from storage.kv import KeyValue
from storage.lease import Lease, held
from storage.memory_kv import MemoryKeyValue
from storage.redis_kv import RedisKeyValue
from storage.s3_blobs import S3Blobs

__all__ = [
    "BlobStore",
    "Clock",
    "FolderBlobs",
    "KeyValue",
    "Lease",
    "ManualClock",
    "MemoryKeyValue",
    "RedisKeyValue",
    "S3Blobs",
    "SystemClock",
    "held",
]
