//! The command line, a function a command. Whatever goes wrong is one clear line on standard error and exit code 1.

use std::{
    fmt::Display,
    fs::{self, File, TryLockError},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use tokio::sync::watch;
use tracing_subscriber::EnvFilter;

use crate::{
    app::{self, App, Setup},
    config::{DataFlags, ServeFlags},
    db::Db,
    demo, identity, ops,
    settings::Settings,
    time::Zone,
    vault::Vault,
    web,
    weixin::{Bases, Weixin},
};

/// Leida（雷达）：自托管的微信销售雷达，一个可执行文件，一个 SQLite 文件
#[derive(Debug, Parser)]
#[command(name = "leida", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeFlags,
    #[command(flatten)]
    data: DataFlags,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve (the default): make the data directory and the schema on first start, then listen
    Serve,
    /// Administrators of the back office
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Print the OpenAPI document
    Openapi,
    /// Fill an empty data directory with the demo data and many customers on top, for benchmarks
    DemoData(ManyFlags),
    /// Settings, also changed while a server runs; secrets print as stars
    #[command(subcommand)]
    Settings(SettingsCommand),
}

#[derive(Debug, Subcommand)]
enum AdminCommand {
    /// Make a super-administrator, or reset its password; works beside a running server
    Create(NewAdmin),
}

#[derive(Debug, Args)]
struct NewAdmin {
    /// Login name
    #[arg(long, value_name = "NAME")]
    login_user: String,
    /// At least 8 characters with an upper-case letter, a lower-case letter and a digit
    #[arg(long, allow_hyphen_values = true)]
    password: String,
}

#[derive(Debug, Args)]
struct ManyFlags {
    /// How many customers, all of one salesperson
    #[arg(long, value_name = "N", default_value_t = 1000)]
    customers: usize,
    /// How many radar entries of theirs
    #[arg(long, value_name = "N", default_value_t = 1000)]
    logs: usize,
    /// How many chat messages, beside the greetings
    #[arg(long, value_name = "N", default_value_t = 1000)]
    messages: usize,
    /// How many readings of one article, over eight levels
    #[arg(long, value_name = "N", default_value_t = 0)]
    readings: usize,
}

#[derive(Debug, Subcommand)]
enum SettingsCommand {
    /// All settings that are set
    List,
    /// One setting
    Get { key: String },
    /// Change one setting; an empty value unsets it
    Set {
        key: String,
        // WeChat's secrets may begin with a hyphen.
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
}

/// Why a command failed, as the one line to show.
type Failure = String;

/// Runs the command that the arguments name.
pub fn main() -> ExitCode {
    let matches = without_empty_variables(Cli::command()).try_get_matches();
    let cli = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) if error.use_stderr() => {
            // Clap explains over several lines; the first says what is wrong.
            let text = error.to_string();
            eprintln!("leida: {}", text.lines().next().unwrap_or_default().trim_start_matches("error: "));
            return ExitCode::from(1);
        }
        Err(help) => {
            print!("{help}");
            return ExitCode::SUCCESS;
        }
    };
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("leida: {failure}");
            ExitCode::from(1)
        }
    }
}

/// An empty environment variable means the default, as if it were not set: compose files write such lines.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    let is_empty = |arg: &clap::Arg| arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
    command
        .mut_args(|arg| if is_empty(&arg) { arg.env(None::<&str>) } else { arg })
        .mut_subcommands(without_empty_variables)
}

fn run(cli: Cli) -> Result<(), Failure> {
    let data = cli.data;
    match cli.command {
        None | Some(Command::Serve) => block_on(serve(cli.serve, data)),
        Some(Command::Admin(AdminCommand::Create(new))) => block_on(create_admin(new, data)),
        Some(Command::Openapi) => block_on(print_openapi()),
        Some(Command::DemoData(many)) => block_on(fill(many, cli.serve, DataFlags { demo: true, ..data })),
        Some(Command::Settings(command)) => block_on(settings(command, data)),
    }
}

fn block_on(task: impl Future<Output = Result<(), Failure>>) -> Result<(), Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(64)
        .build()
        .map_err(|error| format!("cannot start: {error}"))?
        .block_on(task)
}

async fn serve(flags: ServeFlags, data: DataFlags) -> Result<(), Failure> {
    log_to_stderr();
    let directory = data.directory();
    let files = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(1024);
    let listener =
        web::bind(flags.listen).await.map_err(|error| format!("cannot listen on {}: {error}", flags.listen))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let (stop, stopped) = watch::channel(false);
    let _lock = lock(&directory)?;
    let app = app_on(address, directory, flags.public_url, &data, stopped.clone()).await?;
    let unreadable = app.settings.unreadable();
    if !unreadable.is_empty() {
        let keys = unreadable.join(", ");
        return Err(format!("secret.key is not the key file that these settings were stored with: {keys}"));
    }
    demo::check_or_fill(&app).await.map_err(|error| error.to_string())?;
    if let Some(password) = identity::first_start(&app).await.map_err(|error| error.to_string())? {
        eprintln!("leida: made administrator admin, password {password} (shown only once)");
    }
    let doorway = web::Doorway { limits: web::Limits::for_open_files(files), open: app.connections.clone() };
    let endpoint = poem::EndpointExt::boxed(app::routes(&app));
    app::spawn_background(&app, &stopped);
    ops::stop_on_signal(stop.clone())?;
    tracing::info!("Leida listens on http://{address}");
    let served = doorway.serve(listener, endpoint, stopped).await;
    ops::shut_down(&app, stop).await;
    served.map_err(|error| error.to_string())
}

/// The application on a data directory, made if there is none.
async fn app_on(
    address: SocketAddr,
    directory: PathBuf,
    public_url: Option<String>,
    data: &DataFlags,
    stop: watch::Receiver<bool>,
) -> Result<App, Failure> {
    let (db, vault) = open(&directory)?;
    let bases = if data.demo { Bases::sandbox(address) } else { Bases::from_env() };
    App::new(Setup {
        db,
        vault,
        zone: zone(data)?,
        weixin: Weixin::new(bases),
        public_url: public_url.unwrap_or_else(|| format!("http://{address}")).trim_end_matches('/').to_owned(),
        data: directory,
        demo: data.demo,
        stop,
    })
    .await
    .map_err(|error| error.to_string())
}

async fn fill(many: ManyFlags, flags: ServeFlags, data: DataFlags) -> Result<(), Failure> {
    let directory = data.directory();
    let _lock = lock(&directory)?;
    let (_stop, stopped) = watch::channel(false);
    let app = app_on(flags.listen, directory, flags.public_url, &data, stopped).await?;
    let ManyFlags { customers, logs, messages, readings } = many;
    let amounts = demo::Amounts { customers, logs, messages, readings };
    let filled = demo::fill_for_benchmarks(&app, amounts).await.map_err(|error| error.to_string());
    app.db.close().await.map_err(|error| error.to_string())?;
    filled
}

async fn create_admin(new: NewAdmin, data: DataFlags) -> Result<(), Failure> {
    let (db, _) = open(&data.directory())?;
    let made = identity::create_super_admin(&db, &new.login_user, &new.password).await;
    let outcome = made.map_err(|error| error.to_string())?;
    db.close().await.map_err(|error| error.to_string())?;
    println!("{outcome}");
    Ok(())
}

async fn print_openapi() -> Result<(), Failure> {
    let document = ops::openapi().await.map_err(|error| error.to_string())?;
    println!("{document}");
    Ok(())
}

async fn settings(command: SettingsCommand, data: DataFlags) -> Result<(), Failure> {
    let (db, vault) = open(&data.directory())?;
    let settings = Settings::load(db.clone(), vault).await.map_err(|error| error.to_string())?;
    match command {
        SettingsCommand::List => {
            for (key, value) in settings.list() {
                println!("{key} = {value}");
            }
        }
        SettingsCommand::Get { key } => {
            println!("{}", settings.show(&key).map_err(|error| error.to_string())?.unwrap_or_default());
        }
        SettingsCommand::Set { key, value } => {
            settings.set(&key, &value).await.map_err(|error| error.to_string())?;
        }
    }
    db.close().await.map_err(|error| error.to_string())
}

/// Opens the data directory's database and key file, making what is missing.
fn open(directory: &Path) -> Result<(Db, Vault), Failure> {
    let cannot = |error: &dyn Display| unusable(directory, error);
    fs::create_dir_all(directory.join("uploads")).map_err(|error| cannot(&error))?;
    let db = Db::open(&directory.join("leida.db")).map_err(|error| cannot(&ops::cause(&error)))?;
    let vault = Vault::open(&directory.join("secret.key")).map_err(|error| cannot(&ops::cause(&error)))?;
    Ok((db, vault))
}

/// Keeps a second server out of the data directory for as long as the file is held. Each keeps sessions and settings
/// in memory and pushes its own writes only: two would contradict each other.
fn lock(directory: &Path) -> Result<File, Failure> {
    let cannot = |error: &dyn Display| unusable(directory, error);
    fs::create_dir_all(directory).map_err(|error| cannot(&error))?;
    let file = File::options().create(true).write(true).truncate(false).open(directory.join("serve.lock"));
    let file = file.map_err(|error| cannot(&error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(cannot(&"another leida is serving it")),
        Err(TryLockError::Error(error)) => Err(cannot(&error)),
    }
}

fn unusable(directory: &Path, why: &dyn Display) -> Failure {
    format!("cannot use the data directory {}: {why}", directory.display())
}

fn zone(data: &DataFlags) -> Result<Zone, Failure> {
    Zone::named(&data.timezone).map_err(|_| format!("unknown time zone {}", data.timezone))
}

fn log_to_stderr() {
    let wanted = std::env::var("LEIDA_LOG").ok().filter(|wanted| !wanted.trim().is_empty());
    let filter = wanted.and_then(|wanted| EnvFilter::try_new(wanted).ok()).unwrap_or_else(|| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if std::env::var("LEIDA_LOG_FORMAT").is_ok_and(|format| format == "json") {
        log.json().flatten_event(true).init();
    } else {
        log.with_ansi(false).init();
    }
}
