//! What the system says a process costs.

/// A process by its id.
pub(crate) struct Usage(pub(crate) u32);

impl Usage {
    fn read(&self, file: &str) -> String {
        std::fs::read_to_string(format!("/proc/{}/{file}", self.0)).unwrap()
    }

    /// Seconds of processor time used so far, the system's on its behalf included.
    pub(crate) fn cpu(&self) -> f64 {
        let stat = self.read("stat");
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        fields[11..13].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / 100.0
    }

    fn megabytes(&self, name: &str) -> f64 {
        let status = self.read("status");
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.trim_start_matches(':').trim_end_matches("kB").trim().parse::<f64>().unwrap() / 1024.0
    }

    /// Resident memory now, MB.
    pub(crate) fn memory(&self) -> f64 {
        self.megabytes("VmRSS")
    }

    /// The most it was, MB.
    pub(crate) fn peak_memory(&self) -> f64 {
        self.megabytes("VmHWM")
    }

    /// Open file descriptors.
    pub(crate) fn descriptors(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.0)).unwrap().count()
    }
}
