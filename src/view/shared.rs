//! What many pages show alike, as it stands in their views. Knows no page.

use std::ops::Deref;
use std::sync::Arc;

use serde::{Serialize, Serializer};

/// A view that other pages may show, too. Templates may get the same value of it on all of them, since to make one anew takes as long
/// as to show it.
#[derive(Clone, Debug)]
pub struct Shared<T> {
    view: Arc<T>,
    /// The view as templates see it.
    value: Option<tera::Value>,
}

impl<T> Shared<T> {
    /// Shown by one page.
    pub(super) fn once(view: T) -> Self {
        Self { view: Arc::new(view), value: None }
    }
}

impl<T: Serialize> Shared<T> {
    /// Shown by many pages, which get clones of this.
    pub(super) fn often(view: T) -> Self {
        let value = Some(tera::Value::from_serializable(&view));
        Self { view: Arc::new(view), value }
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.view
    }
}

impl<T: Serialize> Serialize for Shared<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.value {
            Some(value) => value.serialize(serializer),
            None => self.view.serialize(serializer),
        }
    }
}
