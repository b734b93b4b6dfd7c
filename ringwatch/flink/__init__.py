"""Velocity on Apache Flink: the catalogue as SQL jobs over Kafka, submitted to a cluster or run on one of our own."""
