//! A Kafka broker of a test's own, and a plain client to write and read its topics with.

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Header, Headers, Message, OwnedHeaders, OwnedMessage};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{Offset, TopicPartitionList};
use std::process::Command;
use std::time::{Duration, Instant};

/// Key, headers and value of a record.
pub(crate) type Record<'a> = (&'a str, &'a [(&'a str, &'a [u8])], &'a [u8]);

/// A broker that ends with the test.
pub(crate) struct Broker {
    folder: tempfile::TempDir,
    /// `host:port`.
    pub(crate) address: String,
}

impl Broker {
    /// A fresh broker.
    pub(crate) fn start() -> Self {
        Self::with(&[])
    }

    /// A fresh broker whose first start has these variables of `tests/kafka/broker`.
    pub(crate) fn with(variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut broker = Self { folder, address: String::new() };
        broker.address = broker.run("start", &[], variables).trim().to_owned();
        broker
    }

    /// Three fresh brokers that form a cluster; each record has three replicas, of which two must be in sync.
    pub(crate) fn three() -> Vec<Self> {
        let nodes: Vec<_> = (1..=3).map(|node| format!("{node}@{}", crate::end_to_end::stand::free_port())).collect();
        let nodes = nodes.join(",");
        // None of them has started before two of them have.
        std::thread::scope(|scope| {
            let start = |node: &'static str| {
                let nodes = &nodes;
                scope.spawn(move || Self::with(&[("BROKER_NODES", nodes), ("BROKER_NODE", node)]))
            };
            ["1", "2", "3"].map(start).into_iter().map(|broker| broker.join().unwrap()).collect()
        })
    }

    /// One call of the script; what it printed.
    fn run(&self, verb: &str, arguments: &[&str], variables: &[(&str, &str)]) -> String {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/kafka/broker");
        let mut command = Command::new(script);
        command.arg(verb).arg(self.folder.path()).args(arguments).envs(variables.iter().copied());
        let output = command.output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(
            output.status.success(),
            "broker {verb} {arguments:?}: {error}\nrun `tests/kafka/broker install` first"
        );
        String::from_utf8(output.stdout).unwrap()
    }

    /// Starts it again where it was.
    pub(crate) fn restart(&self) {
        self.run("start", &[], &[]);
    }

    /// kill -9.
    pub(crate) fn kill(&self) {
        self.run("kill", &[], &[]);
    }

    /// Stops all its threads, or lets them go on.
    pub(crate) fn pause(&self, on: bool) {
        self.run(if on { "pause" } else { "resume" }, &[], &[]);
    }

    /// One of Kafka's own tools.
    pub(crate) fn tool(&self, tool: &str, arguments: &[&str]) -> String {
        self.run(tool, arguments, &[])
    }

    /// Makes a topic with settings such as `retention.ms=1000`.
    pub(crate) fn create(&self, topic: &str, partitions: u16, settings: &[&str]) {
        let partitions = partitions.to_string();
        let mut arguments = vec!["--create", "--topic", topic, "--partitions", &partitions];
        settings.iter().for_each(|setting| arguments.extend(["--config", setting]));
        self.tool("topics", &arguments);
    }

    /// A client's settings.
    pub(crate) fn client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.address).set("broker.address.family", "v4");
        config
    }

    /// Writes records, each with a key, headers and a value, to a partition.
    pub(crate) fn write(&self, topic: &str, partition: i32, records: &[Record<'_>]) {
        let producer: BaseProducer = self.client().set("acks", "all").create().unwrap();
        for (key, headers, value) in records {
            let all = headers
                .iter()
                .fold(OwnedHeaders::new(), |all, (key, value)| all.insert(Header { key, value: Some(*value) }));
            let record = BaseRecord::to(topic).partition(partition).key(*key).payload(*value).headers(all);
            producer.send(record).map_err(|(error, _)| error).unwrap();
        }
        producer.flush(Duration::from_secs(30)).unwrap();
    }

    /// Reads all partitions of a topic from their beginnings, until `count` records are found that `wanted` wants.
    pub(crate) fn read(&self, topic: &str, count: usize, wanted: impl Fn(&OwnedMessage) -> bool) -> Vec<OwnedMessage> {
        let consumer: BaseConsumer = self.client().set("group.id", "nobody").create().unwrap();
        let metadata = consumer.fetch_metadata(Some(topic), Duration::from_secs(30)).unwrap();
        let mut all = TopicPartitionList::new();
        for partition in metadata.topics()[0].partitions() {
            all.add_partition_offset(topic, partition.id(), Offset::Beginning).unwrap();
        }
        consumer.assign(&all).unwrap();
        let (mut found, begun) = (Vec::new(), Instant::now());
        while found.len() < count {
            assert!(begun.elapsed() < Duration::from_secs(60), "only {} of {count} records in {topic}", found.len());
            if let Some(message) = consumer.poll(Duration::from_millis(100)) {
                found.extend(Some(message.unwrap().detach()).filter(&wanted));
            }
        }
        found
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        self.run("kill", &[], &[]);
    }
}

/// A header of a record as text.
pub(crate) fn header(message: &OwnedMessage, name: &str) -> Option<String> {
    let headers = message.headers()?;
    let found = headers.iter().find(|header| header.key == name)?;
    Some(String::from_utf8_lossy(found.value?).into_owned())
}

/// The value of a record as JSON.
pub(crate) fn json(message: &OwnedMessage) -> serde_json::Value {
    serde_json::from_slice(message.payload().unwrap()).unwrap()
}
