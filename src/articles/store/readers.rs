//! SQL of who read an article, by whose link, and for how long.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    articles::{Place, ranking::Ranked, reading::Opened},
    customers::store::NAME,
    error::Result,
    ids::{ActivityId, ArticleId, CompanyId, CustomerId, ReaderId, ReadingId, StaffId},
    time::Millis,
    web::Paging,
};

/// The levels on which somebody reads the article by this staff member's links, lowest first.
pub fn levels(conn: &Connection, place: &Place, customer: CustomerId) -> Result<Vec<(ReaderId, i64)>> {
    let mut statement = conn.prepare_cached(
        "SELECT id, level FROM article_reader WHERE article_id = ?1 AND customer_id = ?2 AND staff_id = ?3",
    )?;
    let mut levels = statement
        .query_map((place.article, customer, place.staff), |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<Vec<(ReaderId, i64)>>>()?;
    levels.sort_by_key(|(_, level)| *level);
    Ok(levels)
}

pub fn find(conn: &Connection, place: &Place, parent: Option<CustomerId>) -> Result<Option<ReaderId>> {
    Ok(conn
        .prepare_cached(
            "SELECT id FROM article_reader
             WHERE article_id = ?1 AND customer_id = ?2 AND staff_id = ?3 AND parent_id = ?4",
        )?
        .query_row((place.article, place.customer, place.staff, parent.map_or(0, |parent| parent.0)), |row| row.get(0))
        .optional()?)
}

/// A new place in the tree, counted on its level; `above` is the parent's place that it hangs on.
pub fn insert(
    conn: &Connection,
    place: &Place,
    parent: Option<CustomerId>,
    above: Option<ReaderId>,
    level: i64,
    now: Millis,
) -> Result<ReaderId> {
    conn.prepare_cached(
        "INSERT INTO article_reader (company_id, article_id, staff_id, customer_id, parent_id, above_id, level, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute((
        place.company,
        place.article,
        place.staff,
        place.customer,
        parent.map_or(0, |parent| parent.0),
        above,
        level,
        now,
    ))?;
    let id = ReaderId(conn.last_insert_rowid());
    conn.prepare_cached(
        "INSERT INTO article_level (article_id, staff_id, level, readers) VALUES (?1, ?2, ?3, 1)
         ON CONFLICT (article_id, staff_id, level) DO UPDATE SET readers = readers + 1",
    )?
    .execute((place.article, place.staff, level))?;
    Ok(id)
}

pub fn mark_parent(conn: &Connection, parent: ReaderId) -> Result<()> {
    conn.prepare_cached("UPDATE article_reader SET has_children = 1 WHERE id = ?1 AND has_children = 0")?
        .execute([parent])?;
    Ok(())
}

/// An opening: its row, and the counters of the article, of the place in the tree and of the activity that is shown.
pub fn open(
    conn: &Connection,
    article: ArticleId,
    customer: CustomerId,
    reader: Option<ReaderId>,
    activity: Option<ActivityId>,
    now: Millis,
) -> Result<ReadingId> {
    conn.prepare_cached(
        "INSERT INTO article_access (article_id, customer_id, reader_id, activity_id, last_at, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
    )?
    .execute((article, customer, reader, activity, now))?;
    let id = ReadingId(conn.last_insert_rowid());
    conn.prepare_cached("UPDATE article SET read_count = read_count + 1 WHERE id = ?1")?.execute([article])?;
    if let Some(reader) = reader {
        conn.prepare_cached("UPDATE article_reader SET read_count = read_count + 1, last_read_at = ?2 WHERE id = ?1")?
            .execute((reader, now))?;
    }
    Ok(id)
}

/// An opening of one's own.
pub fn opened(conn: &Connection, id: ReadingId, article: ArticleId, customer: CustomerId) -> Result<Option<Opened>> {
    Ok(conn
        .prepare_cached(
            "SELECT access.last_at, access.reader_id, reader.staff_id, coalesce(reader.stay, 0)
             FROM article_access AS access LEFT JOIN article_reader AS reader ON reader.id = access.reader_id
             WHERE access.id = ?1 AND access.article_id = ?2 AND access.customer_id = ?3",
        )?
        .query_row((id, article, customer), |row| {
            Ok(Opened { last_at: row.get(0)?, reader: row.get(1)?, staff: row.get(2)?, stay: row.get(3)? })
        })
        .optional()?)
}

pub fn add_stay(conn: &Connection, id: ReadingId, reader: Option<ReaderId>, more: i64, now: Millis) -> Result<()> {
    conn.prepare_cached("UPDATE article_access SET stay = stay + ?2, last_at = ?3 WHERE id = ?1")?
        .execute((id, more, now))?;
    if let Some(reader) = reader {
        conn.prepare_cached("UPDATE article_reader SET stay = stay + ?2 WHERE id = ?1")?.execute((reader, more))?;
    }
    Ok(())
}

/// The article was passed on, to a friend or to everybody (朋友圈).
pub fn count_forward(conn: &Connection, article: ArticleId, reader: ReaderId, is_to_friend: bool) -> Result<()> {
    let (friend, moments) = (i64::from(is_to_friend), i64::from(!is_to_friend));
    conn.prepare_cached(
        "UPDATE article SET forward_count = forward_count + 1, friend_forward_count = friend_forward_count + ?2,
                            moments_forward_count = moments_forward_count + ?3 WHERE id = ?1",
    )?
    .execute((article, friend, moments))?;
    conn.prepare_cached(
        "UPDATE article_reader SET friend_forward_count = friend_forward_count + ?2,
                                   moments_forward_count = moments_forward_count + ?3 WHERE id = ?1",
    )?
    .execute((reader, friend, moments))?;
    Ok(())
}

/// By whose link the customer last saw this activity, and the title of the article that showed it.
pub fn last_shown(
    conn: &Connection,
    customer: CustomerId,
    activity: ActivityId,
) -> Result<Option<(Option<StaffId>, String)>> {
    Ok(conn
        .prepare_cached(
            "SELECT reader.staff_id, article.title
             FROM article_access AS access JOIN article ON article.id = access.article_id
             LEFT JOIN article_reader AS reader ON reader.id = access.reader_id
             WHERE access.customer_id = ?1 AND access.activity_id = ?2 ORDER BY access.id DESC LIMIT 1",
        )?
        .query_row((customer, activity), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?)
}

/// Whether the customer has said who they are, and is of the company; `None` when not of it.
pub fn has_name(conn: &Connection, company: CompanyId, customer: CustomerId) -> Result<Option<bool>> {
    Ok(conn
        .prepare_cached("SELECT nickname <> '' FROM customer WHERE id = ?2 AND company_id = ?1")?
        .query_row((company, customer), |row| row.get(0))
        .optional()?)
}

fn ranked(row: &Row<'_>) -> rusqlite::Result<Ranked> {
    Ok(Ranked {
        customer: row.get(0)?,
        customer_name: row.get(1)?,
        customer_avatar: row.get(2)?,
        sex: row.get(3)?,
        province: row.get(4)?,
        city: row.get(5)?,
        read_count: row.get(6)?,
        stay: row.get(7)?,
        level: row.get(8)?,
    })
}

/// The places of one level, longest stay first; who came first at equal stays.
pub fn ranking(
    conn: &Connection,
    article: ArticleId,
    staff: StaffId,
    level: i64,
    paging: Paging,
) -> Result<Vec<Ranked>> {
    // Inside the index alone: the pages before are passed over without a look at their rows.
    let mut places = conn.prepare_cached(
        "SELECT id FROM article_reader WHERE article_id = ?1 AND staff_id = ?2 AND level = ?3
         ORDER BY stay DESC, id LIMIT ?4 OFFSET ?5",
    )?;
    let places = places
        .query_map((article, staff, level, paging.limit(), paging.offset()), |row| row.get(0))?
        .collect::<rusqlite::Result<Vec<ReaderId>>>()?;
    let mut one = conn.prepare_cached(&format!(
        "SELECT reader.customer_id, {NAME}, customer.avatar, customer.sex, customer.province, customer.city,
                reader.read_count, reader.stay, reader.level
         FROM article_reader AS reader JOIN customer ON customer.id = reader.customer_id WHERE reader.id = ?1"
    ))?;
    Ok(places.iter().map(|place| one.query_row([place], ranked)).collect::<rusqlite::Result<_>>()?)
}

/// How many places there are on a level.
pub fn count_level(conn: &Connection, article: ArticleId, staff: StaffId, level: i64) -> Result<i64> {
    let readers = conn
        .prepare_cached("SELECT readers FROM article_level WHERE article_id = ?1 AND staff_id = ?2 AND level = ?3")?
        .query_row((article, staff, level), |row| row.get(0))
        .optional()?;
    Ok(readers.unwrap_or_default())
}

/// The deepest level that somebody is on; 0 without readers.
pub fn deepest(conn: &Connection, article: ArticleId, staff: StaffId) -> Result<i64> {
    let level = conn
        .prepare_cached(
            "SELECT level FROM article_level WHERE article_id = ?1 AND staff_id = ?2 AND readers > 0
             ORDER BY level DESC LIMIT 1",
        )?
        .query_row((article, staff), |row| row.get(0))
        .optional()?;
    Ok(level.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes_and_counters_follow_a_deleted_customer() {
        let faults = greedy(&[], |conn| {
            conn.execute_batch(
                "INSERT INTO article (id, company_id, title, content, created_at) VALUES (1, 1, '', '', 0)",
            )
            .unwrap();
            let (article, staff, customer) = (ArticleId(1), StaffId(1), CustomerId(1));
            let place = Place { company: CompanyId(1), article, staff, customer };
            let first = insert(conn, &place, None, None, 1, Millis(0)).unwrap();
            let second = insert(conn, &place, Some(CustomerId(7)), None, 3, Millis(0)).unwrap();
            assert!(insert(conn, &place, None, None, 2, Millis(0)).is_err(), "one place for each link");
            mark_parent(conn, first).unwrap();
            assert_eq!(levels(conn, &place, customer).unwrap(), [(first, 1), (second, 3)]);
            assert_eq!(find(conn, &place, Some(CustomerId(7))).unwrap(), Some(second));
            let id = open(conn, article, customer, Some(second), Some(ActivityId(5)), Millis(10)).unwrap();
            add_stay(conn, id, Some(second), 1500, Millis(20)).unwrap();
            count_forward(conn, article, second, true).unwrap();
            let row = opened(conn, id, article, customer).unwrap().unwrap();
            assert_eq!((row.last_at, row.stay, row.staff), (Millis(20), 1500, Some(staff)));
            assert!(opened(conn, id, article, CustomerId(2)).unwrap().is_none());
            last_shown(conn, customer, ActivityId(5)).unwrap();
            has_name(conn, CompanyId(1), customer).unwrap();
            let paging = Paging::new(None, None, 10).unwrap();
            assert_eq!(ranking(conn, article, staff, 3, paging).unwrap()[0].stay, 1500);
            assert_eq!((count_level(conn, article, staff, 3).unwrap(), deepest(conn, article, staff).unwrap()), (1, 3));
            conn.execute("DELETE FROM customer WHERE id = 1", []).unwrap();
            let left: i64 = conn
                .query_row(
                    "SELECT read_count + forward_count + friend_forward_count FROM article WHERE id = 1",
                    [],
                    |row| row.get(0),
                )
                .unwrap();
            assert_eq!((left, deepest(conn, article, staff).unwrap()), (0, 0));
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
