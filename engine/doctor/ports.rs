//! The ports that sources and the admin interface listen at: free, or in use and by whom.

use super::{Notes, Patient};
use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};

pub(super) fn check(patient: &Patient, notes: &mut Notes<'_>) {
    let mut wanted: BTreeMap<SocketAddr, String> = BTreeMap::new();
    wanted.insert(patient.listen, "the admin interface".to_owned());
    for source in &patient.manifests.event_sources {
        for (kind, name, one) in source.object.spec.sources() {
            let Some(endpoint) = one.webhook() else { continue };
            let port = if endpoint.port.is_empty() { Ok(12000) } else { endpoint.port.parse() };
            if let Ok(port) = port {
                let owner = format!("{}/{name} ({})", source.object.metadata.name, kind.member);
                wanted
                    .entry((Ipv4Addr::UNSPECIFIED, port).into())
                    .and_modify(|all| *all += &format!(", {owner}"))
                    .or_insert(owner);
            }
        }
    }
    for (address, owner) in wanted {
        match TcpListener::bind(address) {
            Ok(_) => notes.ok(format!("{address} is free, for {owner}")),
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => in_use(patient, address, &owner, notes),
            Err(error) => {
                let help = "ports below 1024 need the capability CAP_NET_BIND_SERVICE";
                notes.error(format!("{address}, for {owner}, cannot be listened at: {error}"), help);
            }
        }
    }
}

fn in_use(patient: &Patient, address: SocketAddr, owner: &str, notes: &mut Notes<'_>) {
    let holder = holder(address.port());
    if patient.running.is_some() && holder.as_ref().is_none_or(|(_, name)| name == "tidegate") {
        return notes.ok(format!("{address} is in use by the running process, for {owner}"));
    }
    let by = holder.map_or_else(|| "another process".to_owned(), |(id, name)| format!("process {id} ({name})"));
    let help = if owner == "the admin interface" {
        "stop it, or choose another address with --listen".to_owned()
    } else {
        format!("stop it, or give {owner} another port")
    };
    notes.error(format!("{address}, for {owner}, is in use by {by}"), help);
}

/// The process that listens at a port, as far as /proc tells this user.
fn holder(port: u16) -> Option<(u32, String)> {
    let sockets = ["/proc/net/tcp", "/proc/net/tcp6"].map(|table| fs::read_to_string(table).unwrap_or_default());
    // local_address is hexadecimal with the port last; st 0A is LISTEN; the tenth column is the inode.
    let listening = |line: &str| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        let local = columns.get(1)?.rsplit(':').next()?;
        let matches = u16::from_str_radix(local, 16) == Ok(port) && *columns.get(3)? == "0A";
        matches.then(|| columns.get(9).map(|inode| format!("socket:[{inode}]")))?
    };
    let socket = sockets.iter().flat_map(|table| table.lines()).find_map(listening)?;
    for process in fs::read_dir("/proc").ok()?.flatten() {
        let Ok(id) = process.file_name().to_string_lossy().parse::<u32>() else { continue };
        let open = fs::read_dir(process.path().join("fd")).into_iter().flatten().flatten();
        if open.filter_map(|fd| fs::read_link(fd.path()).ok()).any(|target| target.as_os_str() == socket.as_str()) {
            let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
            return Some((id, name.trim_end().to_owned()));
        }
    }
    None
}
