//! Two folders that change places, so that whoever looks at one name sees the old tree or the new one. Knows nothing of what is in them.

use std::fs;
use std::io;
use std::path::Path;

/// Puts a new tree in the place of another one, which afterwards stands where the new one stood. Where the two names cannot be
/// exchanged in one step, the old tree is for a moment `aside`; `recover` mends what a kill leaves then.
pub(in crate::io) fn swap(new: &Path, out: &Path, aside: &Path) -> io::Result<()> {
    if fs::symlink_metadata(out).is_err() {
        return fs::rename(new, out);
    }
    if exchange(new, out).is_ok() { Ok(()) } else { swap_in_steps(new, out, aside) }
}

#[cfg(target_os = "linux")]
fn exchange(new: &Path, out: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, new, CWD, out, RenameFlags::EXCHANGE)?)
}

#[cfg(not(target_os = "linux"))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

fn swap_in_steps(new: &Path, out: &Path, aside: &Path) -> io::Result<()> {
    fs::rename(out, aside)?;
    fs::rename(new, out).or_else(|error| fs::rename(aside, out).and(Err(error)))?;
    fs::rename(aside, new)
}

/// Ends a swap that was killed between its steps: what stands aside goes back to where it was, or to where it was to go.
pub(super) fn recover(new: &Path, out: &Path, aside: &Path) -> io::Result<()> {
    if fs::symlink_metadata(aside).is_err() {
        return Ok(());
    }
    match [out, new].into_iter().find(|place| fs::symlink_metadata(place).is_err()) {
        Some(place) => fs::rename(aside, place),
        None => fs::remove_dir_all(aside),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Folders(tempfile::TempDir);

    impl Folders {
        fn new(names: &[(&str, &str)]) -> Self {
            let folder = tempfile::tempdir().unwrap();
            for (name, text) in names {
                fs::create_dir(folder.path().join(name)).unwrap();
                fs::write(folder.path().join(name).join("text"), text).unwrap();
            }
            Self(folder)
        }

        fn call(&self, act: fn(&Path, &Path, &Path) -> io::Result<()>) -> [Option<String>; 3] {
            let [new, out, aside] = ["new", "out", "aside"].map(|name| self.0.path().join(name));
            act(&new, &out, &aside).unwrap();
            [new, out, aside].map(|folder| fs::read_to_string(folder.join("text")).ok())
        }
    }

    fn texts(new: &str, out: &str, aside: &str) -> [Option<String>; 3] {
        [new, out, aside].map(|text| (!text.is_empty()).then(|| text.to_owned()))
    }

    #[test]
    fn trees_change_places_in_one_step_or_in_three() {
        for act in [swap, swap_in_steps] {
            assert_eq!(Folders::new(&[("new", "2"), ("out", "1")]).call(act), texts("1", "2", ""));
        }
        assert_eq!(Folders::new(&[("new", "2")]).call(swap), texts("", "2", ""));
    }

    #[test]
    fn a_swap_that_was_killed_between_its_steps_is_ended() {
        // After the first step, after the second, and with nothing to be done.
        assert_eq!(Folders::new(&[("aside", "1"), ("new", "2")]).call(recover), texts("2", "1", ""));
        assert_eq!(Folders::new(&[("aside", "1"), ("out", "2")]).call(recover), texts("1", "2", ""));
        assert_eq!(Folders::new(&[("new", "1"), ("out", "2")]).call(recover), texts("1", "2", ""));
        assert_eq!(Folders::new(&[("aside", "0"), ("new", "1"), ("out", "2")]).call(recover), texts("1", "2", ""));
    }

    #[test]
    fn what_cannot_take_its_place_leaves_the_old_tree() {
        let folders = Folders::new(&[("out", "1")]);
        let [new, out, aside] = ["new", "out", "aside"].map(|name| folders.0.path().join(name));
        swap_in_steps(&new, &out, &aside).unwrap_err();
        assert_eq!(fs::read_to_string(out.join("text")).unwrap(), "1");
    }
}
