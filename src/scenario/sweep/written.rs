//! Where a part of a sweep was written, for what is found to be wrong once the scenario is known.

use std::sync::Arc;

use crate::scenario::report::{Problem, Report, Source};
use crate::scenario::tree::Origin;

/// A place in a sweep file, or on the command line. Where it was written makes a sweep no other.
#[derive(Clone, Debug, Default)]
pub struct Written {
    place: Option<Arc<(Source, Origin)>>,
}

impl PartialEq for Written {
    fn eq(&self, _: &Written) -> bool {
        true
    }
}

impl Written {
    pub(super) fn at(source: &Source, origin: &Origin) -> Written {
        let origin = Origin { source: 0, ..origin.clone() };
        Written { place: Some(Arc::new((source.clone(), origin))) }
    }

    /// A report of one error with what was written here.
    pub fn report(&self, path: &str, headline: String, allowed: &str, hint: Option<String>) -> Report {
        let (source, origin) = match &self.place {
            Some(place) => (place.0.clone(), place.1.clone()),
            None => (Source::new("sweep", String::new()), Origin::default()),
        };
        Report::new(vec![source], vec![Problem::new(path, origin, headline).allowed(allowed).hint(hint)])
    }
}
