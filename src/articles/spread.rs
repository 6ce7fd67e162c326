//! How an article spread, for the back office: who read it, in figures, and as the tree from hand to hand.

use std::collections::BTreeMap;

use rusqlite::Connection;

use super::{desk, store};
use crate::{
    app::App,
    error::{Error, Result},
    identity::Admin,
    ids::{ArticleId, CompanyId, CustomerId, ReaderId, StaffId},
    time::Millis,
    web::Paging,
};

/// The tree is shown to this depth; articles hardly go through ten hands.
const DEEPEST: usize = 40;

/// A place of the tree in the list of readers.
#[derive(Debug, Clone)]
pub struct Reader {
    pub id: ReaderId,
    pub customer: CustomerId,
    pub customer_name: String,
    pub customer_avatar: String,
    /// 1 male, 2 female.
    pub sex: Option<i64>,
    pub province: String,
    pub city: String,
    pub staff: StaffId,
    pub staff_name: String,
    pub level: i64,
    /// 0: the staff member.
    pub parent: CustomerId,
    /// Empty for the staff member.
    pub parent_name: String,
    pub read_count: i64,
    pub forward_count: i64,
    /// Milliseconds.
    pub stay: i64,
    pub last_read_at: Option<Millis>,
}

/// What readers are listed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    Stay,
    Readings,
    Forwards,
    LastReading,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    pub by: Figure,
    pub is_descending: bool,
}

impl Order {
    /// From the wire's `order`; longest stay first without one, 301 for anything unknown.
    pub fn named(order: Option<&str>) -> Result<Self> {
        let order = order.unwrap_or("-stay");
        let by = match order.trim_start_matches('-') {
            "stay" => Figure::Stay,
            "read_count" => Figure::Readings,
            "forward" => Figure::Forwards,
            "last_read" => Figure::LastReading,
            _ => return Err(Error::field("order", "应为 stay、read_count、forward、last_read，可在前面加 -")),
        };
        Ok(Self { by, is_descending: order.starts_with('-') })
    }
}

/// What readers are narrowed to.
#[derive(Debug, Clone)]
pub struct Filter {
    pub staff: Option<StaffId>,
    pub level: Option<i64>,
    /// Part of the customer's name.
    pub name: Option<String>,
    pub order: Order,
}

/// 302 when the article, or the staff member whose readers are wanted, is not the company's.
pub async fn readers(
    app: &App,
    admin: &Admin,
    article: ArticleId,
    filter: Filter,
    paging: Paging,
) -> Result<(Vec<Reader>, i64)> {
    let company = admin.company;
    app.db
        .read(move |conn| {
            store::desk::glance(conn, company, article)?.ok_or_else(desk::no_such)?;
            if let Some(staff) = filter.staff {
                face(conn, company, staff)?;
            }
            let count = match filter.name {
                None => store::spread::count_places(conn, article, &filter)?,
                Some(_) => store::spread::count(conn, article, &filter)?,
            };
            Ok((store::spread::list(conn, article, &filter, paging)?, count))
        })
        .await
}

/// What the article itself says of its spreading.
#[derive(Debug, Clone)]
pub struct Totals {
    pub title: String,
    pub cover: String,
    pub read_count: i64,
    pub friend_forwards: i64,
    pub moments_forwards: i64,
    pub comments: i64,
    /// To the activity that it shows.
    pub sign_ups: i64,
}

/// What the readers of a level did, by the links of one staff member.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sums {
    pub readers: i64,
    pub read_count: i64,
    pub forward_count: i64,
    /// Milliseconds.
    pub stay: i64,
}

impl std::ops::AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.readers += other.readers;
        self.read_count += other.read_count;
        self.forward_count += other.forward_count;
        self.stay += other.stay;
    }
}

/// A row of the kept figures.
#[derive(Debug, Clone, Copy)]
pub struct LevelSums {
    pub staff: StaffId,
    pub level: i64,
    pub sums: Sums,
}

/// A staff member's share of it.
#[derive(Debug, Clone)]
pub struct Share {
    pub staff: StaffId,
    pub name: String,
    pub avatar: String,
    pub sums: Sums,
}

/// An article's spreading in figures.
#[derive(Debug)]
pub struct Summary {
    pub totals: Totals,
    /// Different people.
    pub readers: i64,
    /// Milliseconds that an opening lasted on the average.
    pub average_stay: i64,
    /// Level and its readers, from the first on.
    pub levels: Vec<(i64, i64)>,
    /// Whose links were read most, first.
    pub shares: Vec<Share>,
}

pub async fn summary(app: &App, admin: &Admin, article: ArticleId) -> Result<Summary> {
    let company = admin.company;
    app.db
        .read(move |conn| {
            let totals = store::spread::totals(conn, company, article)?.ok_or_else(desk::no_such)?;
            let rows = store::spread::levels(conn, article)?;
            let (mut levels, mut all) = (BTreeMap::new(), Sums::default());
            for row in &rows {
                *levels.entry(row.level).or_default() += row.sums.readers;
                all += row.sums;
            }
            Ok(Summary {
                totals,
                readers: store::spread::people(conn, article)?,
                average_stay: all.stay.checked_div(all.read_count).unwrap_or_default(),
                levels: levels.into_iter().collect(),
                shares: shares(conn, company, &rows)?,
            })
        })
        .await
}

fn shares(conn: &Connection, company: CompanyId, rows: &[LevelSums]) -> Result<Vec<Share>> {
    let mut sums: BTreeMap<StaffId, Sums> = BTreeMap::new();
    for row in rows {
        *sums.entry(row.staff).or_default() += row.sums;
    }
    let mut shares = Vec::with_capacity(sums.len());
    for (staff, sums) in sums {
        let (name, avatar) = face(conn, company, staff)?;
        shares.push(Share { staff, name, avatar, sums });
    }
    shares.sort_by_key(|share| (-share.sums.read_count, share.staff));
    Ok(shares)
}

fn face(conn: &Connection, company: CompanyId, staff: StaffId) -> Result<(String, String)> {
    store::spread::staff_face(conn, company, staff)?.ok_or_else(|| Error::no_such("用户"))
}

/// Who or what a node of the tree is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    Article(ArticleId),
    Staff(StaffId),
    Customer(CustomerId, ReaderId),
}

/// A node of the tree with what hangs on it.
#[derive(Debug, Clone)]
pub struct Node {
    pub who: Who,
    pub name: String,
    pub avatar: String,
    pub level: i64,
    pub read_count: i64,
    pub forward_count: i64,
    /// Milliseconds.
    pub stay: i64,
    pub children: Vec<Node>,
    /// Children that are left out.
    pub more: i64,
}

/// The tree of an article: the staff below it, or of one staff member, who is the root then. At most `limit` nodes hang
/// on the root; level by level, on each node those who read most. The second is whether anything was left out.
pub async fn tree(
    app: &App,
    admin: &Admin,
    article: ArticleId,
    staff: Option<StaffId>,
    limit: usize,
) -> Result<(Node, bool)> {
    let company = admin.company;
    app.db
        .read(move |conn| {
            let totals = store::spread::totals(conn, company, article)?.ok_or_else(desk::no_such)?;
            let rows = store::spread::levels(conn, article)?;
            let mut grove = match staff {
                None => Grove::of_article(article, totals, shares(conn, company, &rows)?, limit),
                Some(staff) => {
                    let (name, avatar) = face(conn, company, staff)?;
                    let mut sums = Sums::default();
                    rows.iter().filter(|row| row.staff == staff).for_each(|row| sums += row.sums);
                    Grove::of_staff(Share { staff, name, avatar, sums }, limit)
                }
            };
            grove.grow(conn, article)?;
            grove.gather()
        })
        .await
}

/// Nodes in the order in which they were found, each with the place of the one that it hangs on.
struct Grove {
    nodes: Vec<(Node, usize)>,
    /// How many more nodes may come.
    left: usize,
    /// How many may hang on one node, so that a broad level does not leave out the depth.
    broadest: usize,
}

impl Grove {
    fn new(root: Node, limit: usize) -> Self {
        Self { nodes: vec![(root, 0)], left: limit, broadest: limit.div_ceil(2) }
    }

    fn of_article(article: ArticleId, totals: Totals, mut shares: Vec<Share>, limit: usize) -> Self {
        let staff = shares.len().min(limit.div_ceil(2));
        let root = Node {
            who: Who::Article(article),
            name: totals.title,
            avatar: totals.cover,
            level: 0,
            read_count: totals.read_count,
            forward_count: totals.friend_forwards + totals.moments_forwards,
            stay: shares.iter().map(|share| share.sums.stay).sum(),
            children: Vec::new(),
            more: i64::try_from(shares.len() - staff).unwrap_or(i64::MAX),
        };
        shares.truncate(staff);
        let mut grove = Self::new(root, limit);
        grove.left -= staff;
        grove.nodes.extend(shares.into_iter().map(|share| (of_share(share), 0)));
        grove
    }

    fn of_staff(share: Share, limit: usize) -> Self {
        Self::new(of_share(share), limit)
    }

    /// Level by level; what may still come is shared among the nodes of a level.
    fn grow(&mut self, conn: &Connection, article: ArticleId) -> Result<()> {
        let first = usize::from(matches!(self.nodes.first(), Some((Node { who: Who::Article(_), .. }, _))));
        let mut level = first..self.nodes.len();
        for depth in 0..=DEEPEST {
            let next = self.nodes.len();
            for place in level.clone() {
                let share = self.left.div_ceil(level.end - place).min(self.broadest);
                self.branch(conn, article, place, if depth == DEEPEST { 0 } else { share })?;
            }
            level = next..self.nodes.len();
            if level.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// Puts up to `most` children on a node, and counts those that are left out.
    fn branch(&mut self, conn: &Connection, article: ArticleId, place: usize, most: usize) -> Result<()> {
        let Some((node, _)) = self.nodes.get(place) else { return Ok(()) };
        let root = match node.who {
            Who::Article(_) => return Ok(()),
            Who::Staff(staff) => store::spread::Root::Staff(article, staff),
            Who::Customer(_, reader) => store::spread::Root::Reader(reader),
        };
        let children = if most == 0 { Vec::new() } else { store::spread::children(conn, root, most)? };
        let shown = children.len();
        self.left -= shown.min(self.left);
        self.nodes.extend(children.into_iter().map(|child| (child, place)));
        if shown == most
            && let all = store::spread::count_children(conn, root)?
            && let Some((node, _)) = self.nodes.get_mut(place)
        {
            node.more = all - i64::try_from(shown).unwrap_or_default();
        }
        Ok(())
    }

    /// Hangs everything on the root.
    fn gather(mut self) -> Result<(Node, bool)> {
        let is_truncated = self.nodes.iter().any(|(node, _)| node.more > 0);
        while self.nodes.len() > 1 {
            let Some((mut node, above)) = self.nodes.pop() else { break };
            node.children.reverse();
            if let Some((parent, _)) = self.nodes.get_mut(above) {
                parent.children.push(node);
            }
        }
        let (mut root, _) = self.nodes.pop().ok_or_else(|| Error::internal("a tree without a root"))?;
        root.children.reverse();
        Ok((root, is_truncated))
    }
}

fn of_share(share: Share) -> Node {
    Node {
        who: Who::Staff(share.staff),
        name: share.name,
        avatar: share.avatar,
        level: 0,
        read_count: share.sums.read_count,
        forward_count: share.sums.forward_count,
        stay: share.sums.stay,
        children: Vec::new(),
        more: 0,
    }
}
