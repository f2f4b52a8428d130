//! The `throughline` program: the library's `run`, nothing else.

fn main() -> std::process::ExitCode {
    throughline::run(std::env::args_os()).into()
}
