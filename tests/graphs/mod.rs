//! Drawings of manifests, in all three forms, against goldens; `UPDATE_GOLDENS=1` writes them anew.

use std::path::Path;
use tidegate::graph::{Format, Graph};
use tidegate::manifests::Manifests;

#[test]
fn drawings_are_those_of_the_goldens() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/graphs");
    let mut cases: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.retain(|case| case.is_dir());
    cases.sort();
    assert!(!cases.is_empty());
    for case in cases {
        let manifests = Manifests::read([case.join("manifests.yaml")], false);
        let graph = Graph::of(&manifests, "default");
        for (format, file) in [(Format::Text, "graph.txt"), (Format::Dot, "graph.dot"), (Format::Mermaid, "graph.mmd")]
        {
            let (drawn, golden) = (graph.write(format), case.join(file));
            if std::env::var_os("UPDATE_GOLDENS").is_some() {
                std::fs::write(&golden, &drawn).unwrap();
            }
            assert_eq!(drawn, std::fs::read_to_string(&golden).unwrap_or_default(), "{}", golden.display());
        }
    }
}
