//! The poster of a card (名片海报): one picture with the person, the company and the mini-program's code, drawn on the
//! server and kept as a file until something on it changes.
//!
//! `drawing` makes the picture, `lettering` makes texts fit, `shelf` keeps the files; here stands what goes on a poster
//! and that it is drawn once however many ask.

mod drawing;
mod lettering;
mod shelf;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use md5::{Digest, Md5};
use tokio::sync::{OnceCell, Semaphore};

use super::{Deed, store};
use crate::{
    app::App,
    chat::Pair,
    error::{Error, Result},
    identity::{self, Customer},
    ids::{CustomerId, StaffId},
};
use drawing::Sheet;
pub use shelf::FOLDER as POSTER_FOLDER;

/// To be raised with every change of the template or of how it is filled: the posters are drawn anew then.
const VERSION: u32 = 1;
/// Posters drawn at once: each takes a processor for a moment.
const DRAWERS: usize = 2;

/// What a poster shows of a card, as a customer gets it.
#[derive(Debug, Clone)]
pub struct Face {
    pub staff: StaffId,
    pub avatar: String,
    pub name: String,
    pub position: String,
    /// Empty when the staff member hides it.
    pub phone: String,
    pub company: String,
    pub signature: String,
    /// The relation's own code, which remembers who brought a customer; empty while there is none.
    pub own_code: String,
    /// The staff member's; empty while there is none.
    pub staff_code: String,
}

impl Face {
    /// The code that the poster carries.
    pub fn code(&self) -> &str {
        if self.own_code.is_empty() { &self.staff_code } else { &self.own_code }
    }
}

/// The posters being drawn.
pub struct Posters {
    drawers: Semaphore,
    /// By file name. Everybody who asks for the same one waits for the same cell.
    flights: Mutex<HashMap<String, Arc<OnceCell<()>>>>,
    /// Personal codes that are being made.
    codes: Mutex<Vec<(StaffId, CustomerId)>>,
}

impl Default for Posters {
    fn default() -> Self {
        Self { drawers: Semaphore::new(DRAWERS), flights: Mutex::default(), codes: Mutex::default() }
    }
}

/// What a poster of this card shows. 302 unless the staff member is an enabled one of the customer's company.
pub async fn face(app: &App, customer: Customer, staff: StaffId) -> Result<Face> {
    let pair = super::pair(customer, staff);
    let face = app.db.read(move |conn| store::poster::face(conn, pair)).await?;
    let face = face.ok_or_else(|| Error::no_such("用户"))?;
    if face.own_code.is_empty() {
        make_own_code(app, pair);
    }
    Ok(face)
}

/// The URL of the card's poster, drawn now if it is not there; the staff member sees on the radar that it was taken.
/// The card of an expired company still has its poster; nothing is written down then.
pub async fn save(app: &App, customer: Customer, staff: StaffId) -> Result<String> {
    let face = face(app, customer, staff).await?;
    let url = ready(app, customer, face).await?;
    match super::record(app, customer, staff, Deed::SavePoster).await {
        Ok(()) | Err(Error::Forbidden(_)) => Ok(url),
        Err(error) => Err(error),
    }
}

async fn ready(app: &App, customer: Customer, face: Face) -> Result<String> {
    // A poster without a personal code is the same for everybody.
    let of = if face.own_code.is_empty() { CustomerId(0) } else { customer.id };
    let pair = (face.staff, of);
    let inside = app.clone();
    let (sheet, sources, is_there) = blocking(move || {
        let sources = shelf::Sources::of(&inside, &face);
        let name = shelf::name(pair, &key(&face, &sources, &inside.public_url));
        let is_there = shelf::has(&inside, &name);
        Ok(((face, name), sources, is_there))
    })
    .await?;
    let (face, name) = sheet;
    if !is_there {
        draw_once(app, pair, face, sources, &name).await?;
    }
    Ok(shelf::url(&name))
}

/// Draws unless somebody else is at it: then waits for them.
async fn draw_once(
    app: &App,
    pair: (StaffId, CustomerId),
    face: Face,
    sources: shelf::Sources,
    name: &str,
) -> Result<()> {
    let flight = Flight::join(app, name);
    flight
        .cell
        .get_or_try_init(|| async {
            let _drawer = app.posters.drawers.acquire().await.map_err(Error::internal)?;
            let (inside, name) = (app.clone(), name.to_owned());
            blocking(move || {
                // Whoever asked a moment before may have finished just now.
                if shelf::has(&inside, &name) {
                    return Ok(());
                }
                let link = link(&inside.public_url, face.staff);
                let sheet = Sheet {
                    avatar: sources.avatar.read(&inside),
                    code: sources.code.read(&inside),
                    name: face.name,
                    position: face.position,
                    company: face.company,
                    phone: face.phone,
                    saying: face.signature,
                    link,
                };
                shelf::put(&inside, pair, &name, || drawing::draw(&sheet))
            })
            .await
        })
        .await?;
    Ok(())
}

/// A place in the queue for one poster; the last to leave takes the queue away.
struct Flight<'a> {
    posters: &'a Posters,
    name: String,
    cell: Arc<OnceCell<()>>,
}

impl<'a> Flight<'a> {
    fn join(app: &'a App, name: &str) -> Self {
        let mut flights = app.posters.flights.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = Arc::clone(flights.entry(name.to_owned()).or_default());
        Self { posters: &app.posters, name: name.to_owned(), cell }
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        let mut flights = self.posters.flights.lock().unwrap_or_else(PoisonError::into_inner);
        // The map's and ours.
        if Arc::strong_count(&self.cell) <= 2 {
            flights.remove(&self.name);
        }
    }
}

/// Asks WeChat for the relation's own code, in the background; the next poster carries it. Without a relation there is
/// nothing yet that the code could belong to.
fn make_own_code(app: &App, pair: Pair) {
    let who = (pair.staff, pair.customer);
    {
        let mut codes = app.posters.codes.lock().unwrap_or_else(PoisonError::into_inner);
        if codes.contains(&who) {
            return;
        }
        codes.push(who);
    }
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(error) = own_code(&app, pair).await {
            tracing::debug!(%error, staff = %pair.staff, "no personal QR code");
        }
        app.posters.codes.lock().unwrap_or_else(PoisonError::into_inner).retain(|other| *other != who);
    });
}

async fn own_code(app: &App, pair: Pair) -> Result<()> {
    if !app.db.read(move |conn| store::poster::lacks_own_code(conn, pair)).await? {
        return Ok(());
    }
    let url = identity::personal_qr_code(app, pair.company, pair.staff, pair.customer).await?;
    app.db.write(move |w| store::poster::set_own_code(w, pair, &url)).await
}

/// The page of the mini-program, behind our own address: WeChat opens it in the mini-program where the address is
/// registered for that (扫普通链接二维码打开小程序).
fn link(public_url: &str, staff: StaffId) -> String {
    format!("{public_url}/pages/mingpian/index?uid={staff}&source=1")
}

/// Changes with everything that is drawn.
fn key(face: &Face, sources: &shelf::Sources, public_url: &str) -> String {
    let mut hash = Md5::new();
    let version = VERSION.to_string();
    let avatar = format!("{:?}", sources.avatar);
    let code = format!("{:?}", sources.code);
    let link = link(public_url, face.staff);
    let parts =
        [&version, &face.name, &face.position, &face.phone, &face.company, &face.signature, &avatar, &code, &link];
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let digest: [u8; 16] = hash.finalize().into();
    format!("{:032x}", u128::from_be_bytes(digest))[..16].to_owned()
}

async fn blocking<T: Send + 'static>(job: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(job).await.map_err(Error::internal)?
}

#[cfg(test)]
mod tests {
    use super::*;
    use shelf::{Source, Sources};

    fn face() -> Face {
        Face {
            staff: StaffId(1),
            avatar: "statics/a.jpg".into(),
            name: "李娜".into(),
            position: "经理".into(),
            phone: "13900001001".into(),
            company: "云杉软件".into(),
            signature: String::new(),
            own_code: String::new(),
            staff_code: "statics/q.jpg".into(),
        }
    }

    fn sources() -> Sources {
        Sources { avatar: Source::None, code: Source::File("statics/q.jpg".into(), 900) }
    }

    #[test]
    fn the_key_changes_with_everything_that_is_drawn() {
        let of = |face: &Face, sources: &Sources, url: &str| key(face, sources, url);
        let mut keys = vec![of(&face(), &sources(), "http://a")];
        assert_eq!(keys[0], of(&face(), &sources(), "http://a"));
        let changes: [fn(&mut Face); 6] = [
            |face| face.name.push('a'),
            |face| face.position.push('a'),
            |face| face.phone.clear(),
            |face| face.company.push('a'),
            |face| face.signature.push('a'),
            // What moves from one line to the next is another poster.
            |face| face.position = format!("{}{}", face.position, std::mem::take(&mut face.phone)),
        ];
        for change in changes {
            let mut face = face();
            change(&mut face);
            keys.push(of(&face, &sources(), "http://a"));
        }
        keys.push(of(&face(), &Sources { avatar: Source::File("a".into(), 1), ..sources() }, "http://a"));
        keys.push(of(&face(), &Sources { code: Source::File("statics/q.jpg".into(), 901), ..sources() }, "http://a"));
        keys.push(of(&face(), &sources(), "http://b"));
        let all = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), all);
    }
}
