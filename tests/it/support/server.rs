//! A server under test: the real program, started as a user starts it.

use std::{
    io::{BufRead, BufReader, Read},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use rusqlite::Connection;
use serde_json::Value;
use tempfile::TempDir;

use super::{
    actor::{Actor, Family},
    api::{Api, Reply},
    data::{copy_folder, database, prepared_demo, select},
    form::Form,
};

/// How long a start may take, on a busy machine and with a debug build.
const START: Duration = Duration::from_secs(20);

/// How to start a server; [`Builder::start`] does it.
#[derive(Debug, Clone, Default)]
pub struct Builder {
    data: Option<PathBuf>,
    flags: Vec<String>,
    environment: Vec<(String, String)>,
    prefix: String,
    demo: bool,
}

impl Builder {
    pub fn new() -> Self {
        Self::default()
    }

    /// `serve --demo`
    pub fn demo(mut self) -> Self {
        self.demo = true;
        self
    }

    /// On this data directory, which the test owns; else on an empty one that goes with the server.
    pub fn data(mut self, data: &Path) -> Self {
        self.data = Some(data.to_owned());
        self
    }

    pub fn flag(mut self, flag: &str) -> Self {
        self.flags.push(flag.to_owned());
        self
    }

    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Shell words to say before the program runs, such as `ulimit -n 128`.
    pub fn shell(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.prefix);
        self
    }

    /// The command, without its `--listen` and `--data`.
    pub fn command(&self) -> Command {
        let program = env!("CARGO_BIN_EXE_leida");
        let mut command = if self.prefix.is_empty() {
            Command::new(program)
        } else {
            let mut shell = Command::new("sh");
            shell.arg("-c").arg(format!("{} && exec \"$0\" \"$@\"", self.prefix)).arg(program);
            shell
        };
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("LEIDA_")) {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.arg("serve");
        if self.demo {
            command.arg("--demo");
        }
        command.args(&self.flags).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Starts and waits until it serves. Another process may take the port in between: then the next one is tried.
    #[track_caller]
    pub fn start(self) -> Server {
        let (temporary, data) = if let Some(data) = &self.data {
            (None, data.clone())
        } else {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let data = folder.path().join("data");
            (Some(folder), data)
        };
        let mut failures = String::new();
        for _ in 0..3 {
            match Running::start(&self, &data) {
                Ok(running) => {
                    let api = Api::new(&format!("http://{}", running.address));
                    return Server { how: self, data, running: Some(running), api, host: None, temporary };
                }
                Err(output) => failures += &output,
            }
        }
        panic!("the server does not start:\n{failures}");
    }
}

/// A process and what it printed.
#[derive(Debug)]
struct Running {
    child: Child,
    address: SocketAddr,
    output: Arc<Mutex<String>>,
}

impl Running {
    fn start(how: &Builder, data: &Path) -> Result<Self, String> {
        let address = free_address();
        let mut command = how.command();
        command.arg("--listen").arg(address.to_string()).arg("--data").arg(data);
        let mut child = command.spawn().expect("the program can be run");
        let output = Arc::default();
        collect(child.stdout.take().expect("its standard output"), &output);
        collect(child.stderr.take().expect("its standard error"), &output);
        let mut running = Self { child, address, output };
        let begun = Instant::now();
        loop {
            if running.is_healthy() {
                return Ok(running);
            }
            if let Ok(Some(status)) = running.child.try_wait() {
                thread::sleep(Duration::from_millis(50));
                return Err(format!("it ended with {status}:\n{}\n", running.printed()));
            }
            assert!(begun.elapsed() < START, "no GET /healthz within {START:?}:\n{}", running.printed());
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn is_healthy(&self) -> bool {
        if std::net::TcpStream::connect(self.address).is_err() {
            return false;
        }
        Api::new(&format!("http://{}", self.address)).get::<&str, &str>("/healthz", &[]).status == 200
    }

    fn printed(&self) -> String {
        self.output.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// An address that nobody listens on, and that no other test was given.
pub fn free_address() -> SocketAddr {
    static GIVEN: Mutex<Vec<SocketAddr>> = Mutex::new(Vec::new());
    let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("its address");
        if !given.contains(&address) {
            given.push(address);
            return address;
        }
    }
}

fn collect(pipe: impl Read + Send + 'static, into: &Arc<Mutex<String>>) {
    let into = Arc::clone(into);
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            let mut text = into.lock().unwrap_or_else(PoisonError::into_inner);
            text.push_str(&line);
            text.push('\n');
        }
    });
}

/// A running server; killed when dropped, and its output shown when the test panics.
#[derive(Debug)]
pub struct Server {
    pub api: Api,
    how: Builder,
    data: PathBuf,
    running: Option<Running>,
    /// Whose sandbox this server talks to, when it is not a demo server itself.
    host: Option<Box<Server>>,
    /// Goes with the server.
    #[allow(dead_code, reason = "only to be dropped")]
    temporary: Option<TempDir>,
}

impl Server {
    /// A plain server on an empty data directory.
    #[track_caller]
    pub fn start() -> Self {
        Builder::new().start()
    }

    /// A demo server, with the demo data as it is at the beginning.
    #[track_caller]
    pub fn demo() -> Self {
        Self::demo_with(Builder::new())
    }

    /// The same, started in a special way.
    #[track_caller]
    pub fn demo_with(how: Builder) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("data");
        copy_folder(prepared_demo(), &data).expect("a copy of the demo data");
        let mut server = how.demo().data(&data).start();
        server.temporary = Some(folder);
        server
    }

    /// An empty server whose WeChat is the sandbox of a second one.
    #[track_caller]
    pub fn with_sandbox() -> Self {
        let host = Self::demo();
        let base = |name: &str| format!("{}/sandbox/{name}", host.api.base());
        let mut server = Builder::new()
            .env("LEIDA_WEIXIN_API", &base("weixin"))
            .env("LEIDA_WORK_API", &base("work"))
            .env("LEIDA_PAY_API", &base("pay"))
            .start();
        server.host = Some(Box::new(host));
        server
    }

    fn running(&self) -> &Running {
        self.running.as_ref().expect("a running server")
    }

    pub fn address(&self) -> SocketAddr {
        self.running().address
    }

    pub fn process(&self) -> u32 {
        self.running().child.id()
    }

    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The data base file, for reading.
    pub fn database(&self) -> Connection {
        database(&self.data)
    }

    /// One value out of the data base, which must be there.
    #[track_caller]
    pub fn select(&self, sql: &str) -> Value {
        select(&self.database(), sql).unwrap_or_else(|| panic!("no row: {sql}"))
    }

    /// Everything printed so far, on standard output and standard error.
    pub fn output(&self) -> String {
        self.running().printed()
    }

    /// The administrator's password, which the first start prints once: `administrator admin, password XXXX`.
    #[track_caller]
    pub fn first_password(&self) -> String {
        let output = self.output();
        let line = output.lines().find(|line| line.contains("administrator admin, password "));
        let password =
            line.and_then(|line| line.split("password ").nth(1)).and_then(|rest| rest.split_whitespace().next());
        password.unwrap_or_else(|| panic!("no password was printed:\n{output}")).to_owned()
    }

    /// Runs another command of the program on the same data directory: what it printed.
    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leida"));
        let output = command.args(arguments).arg("--data").arg(&self.data).output().expect("the program can be run");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?} ended with {}: {said}", output.status);
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Runs a command that must be refused with exit code 1: what it said.
    #[track_caller]
    pub fn run_refused(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leida"));
        let output = command.args(arguments).arg("--data").arg(&self.data).output().expect("the program can be run");
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {said}");
        said
    }

    /// SIGTERM: how long it took to end, and the exit code.
    #[track_caller]
    pub fn stop(&mut self) -> (Duration, Option<i32>) {
        let mut running = self.running.take().expect("a running server");
        let begun = Instant::now();
        let process = running.child.id();
        let sent = Command::new("sh").arg("-c").arg(format!("kill -TERM {process}")).status().expect("a shell");
        assert!(sent.success(), "the server is gone:\n{}", running.printed());
        loop {
            if let Some(status) = running.child.try_wait().expect("the server is our child") {
                return (begun.elapsed(), status.code());
            }
            if begun.elapsed() > Duration::from_secs(20) {
                let _ = running.child.kill();
                let _ = running.child.wait();
                panic!("SIGTERM does not stop the server:\n{}", running.printed());
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// SIGKILL, as when the machine loses its power (but for what the kernel still holds).
    pub fn kill(&mut self) {
        if let Some(mut running) = self.running.take() {
            let _ = running.child.kill();
            let _ = running.child.wait();
        }
    }

    /// Starts again on the same data directory, after [`Self::stop`], [`Self::kill`] or neither (then it is stopped).
    #[track_caller]
    pub fn restart(&mut self) {
        if self.running.is_some() {
            self.stop();
        }
        let running = Running::start(&self.how, &self.data).unwrap_or_else(|output| panic!("no restart: {output}"));
        self.api = Api::new(&format!("http://{}", running.address));
        self.running = Some(running);
    }

    // ------------------------------------------------------------------------------------------------------- people

    pub fn anonymous(&self) -> Actor {
        Actor::anonymous(&self.api)
    }

    /// The administrator `admin`.
    #[track_caller]
    pub fn admin(&self) -> Actor {
        self.somebody(Family::Admin, "admin", "login_user = 'admin'")
    }

    /// A staff member by Work WeChat's userid.
    #[track_caller]
    pub fn staff(&self, userid: &str) -> Actor {
        self.somebody(Family::Staff, "staff", &format!("userid = '{userid}'"))
    }

    /// The oldest customer that this staff member has.
    #[track_caller]
    pub fn customer_of(&self, staff: &Actor) -> Actor {
        let relation = format!("SELECT min(customer_id) FROM relation WHERE staff_id = {}", staff.user_id);
        self.somebody(Family::Customer, "customer", &format!("id = ({relation})"))
    }

    #[track_caller]
    fn somebody(&self, family: Family, table: &str, condition: &str) -> Actor {
        let id = self.select(&format!("SELECT id FROM {table} WHERE {condition}"));
        let token = self.select(&format!("SELECT token FROM {table} WHERE {condition}"));
        Actor::new(&self.api, family, id.as_i64().expect("an id"), token.as_str().expect("a token"))
    }

    /// Somebody opens the mini-program for the first time.
    #[track_caller]
    pub fn new_customer(&self, name: &str) -> Actor {
        let code = format!("{name}.{}", super::now_ms());
        let query = [("code", code.as_str()), ("user_type", "2"), ("source", "1")];
        let reply = self.api.get("/zhugeleida/xiaochengxu/login", &query);
        let data = reply.ok();
        let id = data["user_id"].as_i64().expect("a user_id");
        Actor::new(&self.api, Family::Customer, id, data["token"].as_str().expect("a token"))
    }

    /// The sandbox's own addresses, such as `/sandbox/control`: of this server or of the one it talks to.
    pub fn sandbox(&self, path: &str, body: &Value) -> Reply {
        let api = self.host.as_ref().map_or(&self.api, |host| &host.api);
        match body {
            Value::Object(fields) => api.post::<&str, &str>(path, &[], &Form::of(super::Encoding::Json, fields)),
            _ => api.get::<&str, &str>(path, &[]),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if thread::panicking()
            && let Some(running) = &self.running
        {
            eprintln!("---- the server printed:\n{}----", running.printed());
        }
        self.kill();
    }
}
