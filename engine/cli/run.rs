//! `tidegate run`: sources, bus, dataflow and triggers in one process.

use super::{Answer, Globals, say};
use crate::admin::Admin;
use crate::process::{Failed, Inputs, Options, Process, Role};
use anyhow::{Context as _, bail};
use operators::evaluation::is_evaluating;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::signal::unix::{Signal, SignalKind, signal};

/// How often `--watch` looks at the files.
const LOOK: Duration = Duration::from_millis(500);

/// What to run, and where.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Files and folders with EventSources, Sensors, EventBuses, Secrets and ConfigMaps; `-` is the standard input.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// The same, as kubectl spells it; may be repeated.
    #[arg(short = 'f', long = "filename", value_name = "PATH")]
    files: Vec<PathBuf>,
    /// Read the folders within folders too.
    #[arg(short = 'R', long)]
    recursive: bool,
    /// The namespace of objects that name none.
    #[arg(short = 'n', long, default_value = "default")]
    namespace: String,
    /// A folder with secrets as files DIR/name/key.
    #[arg(long, value_name = "DIR")]
    secrets: Option<PathBuf>,
    /// Where the admin interface listens.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7777")]
    listen: SocketAddr,
    /// Timely workers of each bus.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=64))]
    workers: u16,
    /// Which part of the work is done here: on a bus that processes share, sources and sensors can run apart.
    #[arg(long, value_enum, default_value_t)]
    role: Role,
    /// Load manifests again whenever they change.
    #[arg(long)]
    watch: bool,
}

/// Runs until a signal asks it to end.
pub(super) fn run(args: &Args, globals: &Globals) -> anyhow::Result<Answer> {
    let paths: Vec<_> = args.paths.iter().chain(&args.files).cloned().collect();
    if paths.is_empty() {
        bail!("name the manifests to run: tidegate run PATH…");
    }
    end_on_panic();
    let inputs =
        Inputs { paths, recursive: args.recursive, namespace: args.namespace.clone(), secrets: args.secrets.clone() };
    let options = Options { inputs, data: globals.data_dir.clone(), workers: args.workers.into(), role: args.role };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .context("the runtime cannot be started")?;
    runtime.block_on(serve(args, options))
}

async fn serve(args: &Args, options: Options) -> anyhow::Result<Answer> {
    make_private(&options.data)?;
    let mut signals = Signals::new()?;
    let process = match Process::start(options.clone()).await {
        Ok(process) => Arc::new(process),
        Err(failed) => return Err(explained(failed)),
    };
    let admin = Admin::start(&process, args.listen, &options.data).await?;
    say(&ready(&process, &admin));
    process.hints().iter().for_each(|hint| say(hint.trim_end()));
    let mut watched = args.watch.then(|| Watched::new(&options.inputs));
    loop {
        tokio::select! {
            ask = signals.next() => match ask {
                Ask::End => break,
                Ask::Reload => reload(&process).await,
            },
            () = changed(&mut watched) => reload(&process).await,
        }
    }
    say("ending: running attempts have up to 30 s");
    admin.stop().await;
    let process = sole(process).await?;
    tokio::select! {
        stopped = process.stop() => stopped?,
        () = second(&mut signals) => bail!("asked to end a second time; what was not committed is read again at the next start"),
    }
    say("ended: everything that was acknowledged is committed");
    Ok(Answer::Yes)
}

/// The process once nobody else uses it; requests of the admin interface end within moments.
async fn sole(mut process: Arc<Process>) -> anyhow::Result<Process> {
    for _ in 0..200 {
        process = match Arc::try_unwrap(process) {
            Ok(process) => return Ok(process),
            Err(shared) => shared,
        };
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    bail!("a request of the admin interface does not end")
}

async fn reload(process: &Process) {
    match process.reload().await {
        Ok(true) => say("reloaded: the changed manifests are in force"),
        Ok(false) => say("reloaded: nothing changed"),
        Err(failed) => say(&format!("not reloaded, everything stays as it was:\n{:#}", explained(failed))),
    }
}

fn explained(failed: Failed) -> anyhow::Error {
    match failed {
        Failed::Error(error) => error.into(),
        Failed::Manifests(refused) => anyhow::anyhow!("the manifests cannot run\n{}", refused),
    }
}

/// The line that says that everything is bound.
fn ready(process: &Process, admin: &Admin) -> String {
    let places = process.listening().into_iter().map(|listening| {
        let route = &listening.origin.route;
        format!("{}/{} {}", route.event_source, route.event_name, listening.place)
    });
    let places: Vec<_> = places.chain([format!("admin http://{}", admin.address())]).collect();
    format!("ready {}", places.join(", "))
}

/// Makes the data folder, for this user only.
fn make_private(data: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(data);
    made.with_context(|| format!("the data folder {} cannot be made", data.display()))
}

/// A panic ends the process, for timely's other workers would stall silently, unless it is inside the evaluation of a
/// manifest's program, where it is an error of that evaluation, or inside the store on a damaged file, which is told.
fn end_on_panic() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if connectors::catches_panics() {
            return;
        }
        if is_evaluating() {
            tracing::warn!("the evaluation of a manifest's program panicked; it counts as an error of that program");
            return;
        }
        report(info);
        std::process::abort();
    }));
}

/// Ends when the process is asked to end once more.
async fn second(signals: &mut Signals) {
    while let Ask::Reload = signals.next().await {}
}

/// What a signal asks for.
enum Ask {
    End,
    Reload,
}

/// The signals that are listened to.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Signals {
    fn new() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("signals cannot be listened to");
        Ok(Self {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hang_up: listen(SignalKind::hangup())?,
        })
    }
}

impl Signals {
    async fn next(&mut self) -> Ask {
        tokio::select! {
            _ = self.interrupt.recv() => Ask::End,
            _ = self.terminate.recv() => Ask::End,
            _ = self.hang_up.recv() => Ask::Reload,
        }
    }
}

/// The files of the manifests as they were looked at last. They are looked at instead of watched, which works on every
/// file system and for mounted ConfigMaps.
struct Watched {
    inputs: Inputs,
    seen: Vec<(PathBuf, u64, SystemTime)>,
    settling: bool,
}

impl Watched {
    fn new(inputs: &Inputs) -> Self {
        Self { inputs: inputs.clone(), seen: look(inputs), settling: false }
    }
}

/// Ends when the files have changed and then stayed the same between two looks.
async fn changed(watched: &mut Option<Watched>) {
    let Some(watched) = watched else { return std::future::pending().await };
    loop {
        tokio::time::sleep(LOOK).await;
        let now = look(&watched.inputs);
        let same = now == watched.seen;
        watched.seen = now;
        if watched.settling && same {
            watched.settling = false;
            return;
        }
        watched.settling |= !same;
    }
}

fn look(inputs: &Inputs) -> Vec<(PathBuf, u64, SystemTime)> {
    let mut seen = Vec::new();
    let mut folders: Vec<_> = inputs.paths.iter().chain(&inputs.secrets).cloned().collect();
    while let Some(path) = folders.pop() {
        let Ok(about) = std::fs::metadata(&path) else { continue };
        if about.is_dir() {
            let entries = std::fs::read_dir(&path).into_iter().flatten().flatten();
            folders.extend(entries.map(|entry| entry.path()));
        } else {
            seen.push((path, about.len(), about.modified().unwrap_or(SystemTime::UNIX_EPOCH)));
        }
        if seen.len() + folders.len() > 100_000 {
            break;
        }
    }
    seen.sort();
    seen
}
