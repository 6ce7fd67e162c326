//! SQL of how an article spread: its readers, the kept figures by level, and the tree.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    articles::spread::{Figure, Filter, LevelSums, Node, Order, Reader, Sums, Totals, Who},
    customers::store::NAME,
    db,
    error::Result,
    identity::store::STAFF_NAME,
    ids::{ArticleId, CompanyId, ReaderId, StaffId},
    web::Paging,
};

const FORWARDS: &str = "reader.friend_forward_count + reader.moments_forward_count";

/// The index that serves a list, and its order.
fn served_by(filter: &Filter) -> (&'static str, String) {
    let Order { by, is_descending } = filter.order;
    let (index, column) = match by {
        // The one that leads through a level of one staff member.
        Figure::Stay if filter.staff.is_some() && filter.level.is_some() => ("article_reader_by_stay", "reader.stay"),
        Figure::Stay => ("article_reader_by_longest", "reader.stay"),
        Figure::Readings => ("article_reader_by_readings", "reader.read_count"),
        Figure::Forwards => ("article_reader_by_forwards", FORWARDS),
        Figure::LastReading => ("article_reader_by_last_reading", "reader.last_read_at"),
    };
    let order = if is_descending { format!("{column} DESC, reader.id") } else { format!("{column}, reader.id DESC") };
    (index, order)
}

/// ?1 article, ?2 staff member, ?3 level, ?4 part of the name; what is not asked for is left out.
fn condition(filter: &Filter) -> String {
    let mut condition = "reader.article_id = ?1".to_owned();
    if filter.staff.is_some() {
        condition.push_str(" AND reader.staff_id = ?2");
    }
    if filter.level.is_some() {
        condition.push_str(" AND reader.level = ?3");
    }
    if filter.name.is_some() {
        condition = format!("{condition} AND {NAME} LIKE ?4 ESCAPE '\\'");
    }
    condition
}

fn with_customer(filter: &Filter) -> &'static str {
    if filter.name.is_some() { "CROSS JOIN customer ON customer.id = reader.customer_id" } else { "" }
}

pub fn list(conn: &Connection, article: ArticleId, filter: &Filter, paging: Paging) -> Result<Vec<Reader>> {
    let (index, order) = served_by(filter);
    // Inside the index alone: the pages before are passed over without a look at their rows.
    let sql = format!(
        "SELECT reader.id FROM article_reader AS reader INDEXED BY {index} {} WHERE {}
         ORDER BY {order} LIMIT ?5 OFFSET ?6",
        with_customer(filter),
        condition(filter)
    );
    let name = filter.name.as_deref().map(db::contains);
    let params = (article, filter.staff, filter.level, name, paging.limit(), paging.offset());
    let places =
        conn.prepare_cached(&sql)?.query_map(params, |row| row.get(0))?.collect::<rusqlite::Result<Vec<ReaderId>>>()?;
    let mut one = conn.prepare_cached(&format!(
        "SELECT reader.id, reader.customer_id, {NAME}, customer.avatar, customer.sex, customer.province, customer.city,
                reader.staff_id, {STAFF_NAME}, reader.level, reader.parent_id,
                CASE WHEN reader.parent_id = 0 THEN '' WHEN parent.id IS NULL THEN '（客户已删除）'
                     WHEN parent.nickname = '' THEN '客户ID' || parent.id ELSE parent.nickname END,
                reader.read_count, {FORWARDS}, reader.stay, reader.last_read_at
         FROM article_reader AS reader JOIN customer ON customer.id = reader.customer_id
              JOIN staff ON staff.id = reader.staff_id LEFT JOIN customer AS parent ON parent.id = reader.parent_id
         WHERE reader.id = ?1"
    ))?;
    Ok(places.iter().map(|place| one.query_row([place], reader)).collect::<rusqlite::Result<_>>()?)
}

fn reader(row: &Row<'_>) -> rusqlite::Result<Reader> {
    Ok(Reader {
        id: row.get(0)?,
        customer: row.get(1)?,
        customer_name: row.get(2)?,
        customer_avatar: row.get(3)?,
        sex: row.get(4)?,
        province: row.get(5)?,
        city: row.get(6)?,
        staff: row.get(7)?,
        staff_name: row.get(8)?,
        level: row.get(9)?,
        parent: row.get(10)?,
        parent_name: row.get(11)?,
        read_count: row.get(12)?,
        forward_count: row.get(13)?,
        stay: row.get(14)?,
        last_read_at: row.get(15)?,
    })
}

/// How many there are, one by one: for a search, so there must be a name.
pub fn count(conn: &Connection, article: ArticleId, filter: &Filter) -> Result<i64> {
    let sql = format!(
        "SELECT count(*) FROM article_reader AS reader INDEXED BY {} {} WHERE {}",
        served_by(filter).0,
        with_customer(filter),
        condition(filter)
    );
    let name = filter.name.as_deref().map(db::contains);
    Ok(conn.prepare_cached(&sql)?.query_row((article, filter.staff, filter.level, name), |row| row.get(0))?)
}

/// The same from the kept figures, where no name is searched.
pub fn count_places(conn: &Connection, article: ArticleId, filter: &Filter) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT coalesce(sum(readers), 0) FROM article_level
             WHERE article_id = ?1 AND (?2 IS NULL OR staff_id = ?2) AND (?3 IS NULL OR level = ?3)",
        )?
        .query_row((article, filter.staff, filter.level), |row| row.get(0))?)
}

/// `None` when the article is not the company's.
pub fn totals(conn: &Connection, company: CompanyId, article: ArticleId) -> Result<Option<Totals>> {
    Ok(conn
        .prepare_cached(
            "SELECT article.title, article.cover, article.read_count, article.friend_forward_count,
                    article.moments_forward_count, article.comment_count, coalesce(activity.sign_up_count, 0)
             FROM article LEFT JOIN activity ON activity.id = article.activity_id
             WHERE article.id = ?2 AND article.company_id = ?1 AND article.status <> 3",
        )?
        .query_row((company, article), |row| {
            Ok(Totals {
                title: row.get(0)?,
                cover: row.get(1)?,
                read_count: row.get(2)?,
                friend_forwards: row.get(3)?,
                moments_forwards: row.get(4)?,
                comments: row.get(5)?,
                sign_ups: row.get(6)?,
            })
        })
        .optional()?)
}

/// The kept figures of levels on which somebody is.
pub fn levels(conn: &Connection, article: ArticleId) -> Result<Vec<LevelSums>> {
    let mut statement = conn.prepare_cached(
        "SELECT staff_id, level, readers, read_count, forward_count, stay FROM article_level
         WHERE article_id = ?1 AND readers > 0",
    )?;
    let rows = statement.query_map([article], |row| {
        let sums =
            Sums { readers: row.get(2)?, read_count: row.get(3)?, forward_count: row.get(4)?, stay: row.get(5)? };
        Ok(LevelSums { staff: row.get(0)?, level: row.get(1)?, sums })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// How many different customers have a place in the tree.
pub fn people(conn: &Connection, article: ArticleId) -> Result<i64> {
    Ok(conn
        .prepare_cached("SELECT count(DISTINCT customer_id) FROM article_reader WHERE article_id = ?1")?
        .query_row([article], |row| row.get(0))?)
}

/// Name and avatar; `None` when not of the company.
pub fn staff_face(conn: &Connection, company: CompanyId, staff: StaffId) -> Result<Option<(String, String)>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {STAFF_NAME}, avatar FROM staff WHERE id = ?2 AND company_id = ?1"))?
        .query_row((company, staff), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// What places of the tree hang on.
#[derive(Debug, Clone, Copy)]
pub enum Root {
    Staff(ArticleId, StaffId),
    Reader(ReaderId),
}

impl Root {
    /// ?1 and ?2.
    fn condition(self) -> &'static str {
        match self {
            Self::Staff(..) => "reader.article_id = ?1 AND reader.staff_id = ?2 AND reader.above_id IS NULL",
            Self::Reader(_) => "reader.above_id = ?1 AND ?2 IS NULL",
        }
    }

    fn params(self) -> (i64, Option<StaffId>) {
        match self {
            Self::Staff(article, staff) => (article.0, Some(staff)),
            Self::Reader(reader) => (reader.0, None),
        }
    }
}

/// The places that hang on something, those who read most first.
pub fn children(conn: &Connection, root: Root, most: usize) -> Result<Vec<Node>> {
    let mut statement = conn.prepare_cached(&format!(
        "SELECT reader.id, reader.customer_id, {NAME}, customer.avatar, reader.level, reader.read_count, {FORWARDS},
                reader.stay
         FROM article_reader AS reader CROSS JOIN customer ON customer.id = reader.customer_id
         WHERE {} ORDER BY reader.read_count DESC, reader.id LIMIT ?3",
        root.condition()
    ))?;
    let (first, second) = root.params();
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let nodes = statement.query_map((first, second, most), |row| {
        Ok(Node {
            who: Who::Customer(row.get(1)?, row.get(0)?),
            name: row.get(2)?,
            avatar: row.get(3)?,
            level: row.get(4)?,
            read_count: row.get(5)?,
            forward_count: row.get(6)?,
            stay: row.get(7)?,
            children: Vec::new(),
            more: 0,
        })
    })?;
    Ok(nodes.collect::<rusqlite::Result<_>>()?)
}

pub fn count_children(conn: &Connection, root: Root) -> Result<i64> {
    Ok(conn
        .prepare_cached(&format!("SELECT count(*) FROM article_reader AS reader WHERE {}", root.condition()))?
        .query_row(root.params(), |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let (company, article, staff) = (CompanyId(1), ArticleId(1), StaffId(1));
            conn.execute(
                "INSERT INTO article (id, company_id, title, content, created_at) VALUES (1, 1, 't', '', 0)",
                [],
            )
            .unwrap();
            let paging = Paging::new(None, None, 10).unwrap();
            for by in [Figure::Stay, Figure::Readings, Figure::Forwards, Figure::LastReading] {
                for is_descending in [true, false] {
                    for staff in [None, Some(staff)] {
                        for level in [None, Some(1)] {
                            for name in [None, Some("x".to_owned())] {
                                let filter = Filter { staff, level, name, order: Order { by, is_descending } };
                                list(conn, article, &filter, paging).unwrap();
                                match filter.name {
                                    Some(_) => count(conn, article, &filter).unwrap(),
                                    None => count_places(conn, article, &filter).unwrap(),
                                };
                            }
                        }
                    }
                }
            }
            assert!(totals(conn, company, article).unwrap().is_some());
            assert!(totals(conn, CompanyId(2), article).unwrap().is_none());
            levels(conn, article).unwrap();
            people(conn, article).unwrap();
            staff_face(conn, company, staff).unwrap();
            for root in [Root::Staff(article, staff), Root::Reader(ReaderId(1))] {
                children(conn, root, 10).unwrap();
                count_children(conn, root).unwrap();
            }
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
