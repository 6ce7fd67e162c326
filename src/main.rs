//! Leida (雷达): a self-hosted WeChat sales radar. The program is the library's command line.

fn main() -> std::process::ExitCode {
    leida::cli::main()
}
