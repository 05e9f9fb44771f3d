//! Where sources keep how far they have come: a small state of their own, which also holds the data folder.

use connectors::state::Redb;
use model::ports::{BoxFuture, Change, Cursors, Table};
use model::{Error, Result, State};
use std::path::Path;
use std::sync::Arc;

/// The cursors of all sources of a process.
#[derive(Debug, Clone)]
pub struct Kept(Arc<Redb>);

impl Kept {
    /// Opens the cursors in a data folder; while they are open no other process can use the folder.
    ///
    /// # Errors
    /// A folder that another process holds, or that cannot be read.
    pub fn open(data: &Path) -> Result<Self> {
        Ok(Self(Arc::new(Redb::open(&data.join("sources"))?)))
    }
}

impl Cursors for Kept {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        self.0.get(Table::Cursors, name.as_bytes())
    }

    fn write(&self, name: String, value: Vec<u8>) -> BoxFuture<'_, Result<()>> {
        let state = self.0.clone();
        Box::pin(async move {
            let written =
                tokio::task::spawn_blocking(move || state.commit(&[Change::put(Table::Cursors, name, value)])).await;
            written.map_err(|error| Error::internal(format!("a cursor was not written: {error}")))?
        })
    }
}
