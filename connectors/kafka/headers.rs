//! The headers of a record.

use crate::fence::fenced;
use rdkafka::message::{Header, Headers};

/// The headers of a record in their order; `None` for one whose name is not UTF-8, which the client cannot give out: it
/// panics.
pub(crate) fn headers<H: Headers>(headers: &H) -> impl Iterator<Item = Option<Header<'_, &[u8]>>> {
    (0..headers.count()).map(|index| fenced(|| headers.get(index)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fence::catches_panics;

    /// Headers of which the second has a name that is not UTF-8: the client panics on it.
    struct Broken;

    impl Headers for Broken {
        fn count(&self) -> usize {
            3
        }

        fn try_get(&self, index: usize) -> Option<Header<'_, &[u8]>> {
            assert!(catches_panics(), "a hook would end the process");
            assert_ne!(index, 1, "as the client does");
            Some(Header { key: "name", value: None })
        }
    }

    #[test]
    fn a_name_that_is_no_text_costs_its_header_only() {
        let names: Vec<_> = headers(&Broken).map(|header| header.map(|header| header.key)).collect();
        assert_eq!(names, [Some("name"), None, Some("name")]);
        assert!(!catches_panics());
    }
}
