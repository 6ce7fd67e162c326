//! SQL of comments on articles.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    articles::comments::{Comment, Filter},
    customers::store::NAME,
    error::Result,
    identity::Customer,
    ids::{ArticleId, CommentId, CompanyId},
    time::Millis,
    web::Paging,
};

const SELECT: &str = "comment.id, comment.article_id, article.title, comment.customer_id, customer.avatar,
            comment.content, comment.status, comment.created_at
     FROM article_comment AS comment JOIN article ON article.id = comment.article_id
     JOIN customer ON customer.id = comment.customer_id";

fn comment(row: &Row<'_>) -> rusqlite::Result<Comment> {
    Ok(Comment {
        customer_name: row.get(0)?,
        id: row.get(1)?,
        article: row.get(2)?,
        article_title: row.get(3)?,
        customer: row.get(4)?,
        customer_avatar: row.get(5)?,
        content: row.get(6)?,
        status: row.get(7)?,
        created_at: row.get(8)?,
    })
}

/// What a reader sees, newest first: audited ones, and their own.
pub fn shown(conn: &Connection, reader: Customer, article: ArticleId, most: i64) -> Result<Vec<Comment>> {
    // Each half by its own index, so that a page of an article with many comments costs a page.
    let sql = format!(
        "SELECT {NAME}, {SELECT} WHERE comment.id IN (
             SELECT * FROM (SELECT id FROM article_comment WHERE article_id = ?1 AND status = 1 ORDER BY id DESC LIMIT ?3)
             UNION SELECT * FROM (SELECT id FROM article_comment WHERE customer_id = ?2 AND article_id = ?1 AND status = 0
                                  ORDER BY id DESC LIMIT ?3)
         ) ORDER BY comment.id DESC LIMIT ?3"
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let comments = statement.query_map((article, reader.id, most), comment)?.collect::<rusqlite::Result<_>>()?;
    Ok(comments)
}

pub fn count_shown(conn: &Connection, reader: Customer, article: ArticleId) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT audited_comment_count
                    + (SELECT count(*) FROM article_comment WHERE customer_id = ?2 AND article_id = ?1 AND status = 0)
             FROM article WHERE id = ?1",
        )?
        .query_row((article, reader.id), |row| row.get(0))?)
}

fn condition(filter: &Filter) -> &'static str {
    match (filter.article, filter.status) {
        (Some(_), Some(_)) => "comment.company_id = ?1 AND comment.article_id = ?2 AND comment.status = ?3",
        // Both statuses, each by the index, newest first of both.
        (Some(_), None) => "comment.company_id = ?1 AND comment.article_id = ?2 AND ?3 IS NULL",
        (None, Some(_)) => "comment.company_id = ?1 AND ?2 IS NULL AND comment.status = ?3",
        (None, None) => "comment.company_id = ?1 AND ?2 IS NULL AND ?3 IS NULL",
    }
}

/// Newest first.
pub fn list(conn: &Connection, filter: &Filter, paging: Paging) -> Result<Vec<Comment>> {
    let sql =
        format!("SELECT {NAME}, {SELECT} WHERE {} ORDER BY comment.id DESC LIMIT ?4 OFFSET ?5", condition(filter));
    let mut statement = conn.prepare_cached(&sql)?;
    let comments = statement
        .query_map((filter.company, filter.article, filter.status, paging.limit(), paging.offset()), comment)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(comments)
}

pub fn count(conn: &Connection, filter: &Filter) -> Result<i64> {
    let sql = format!("SELECT count(*) FROM article_comment AS comment WHERE {}", condition(filter));
    Ok(conn.prepare_cached(&sql)?.query_row((filter.company, filter.article, filter.status), |row| row.get(0))?)
}

pub fn insert(conn: &Connection, by: Customer, article: ArticleId, content: &str, now: Millis) -> Result<CommentId> {
    conn.prepare_cached(
        "INSERT INTO article_comment (company_id, article_id, customer_id, content, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute((by.company, article, by.id, content, now))?;
    let id = CommentId(conn.last_insert_rowid());
    conn.prepare_cached("UPDATE article SET comment_count = comment_count + 1 WHERE id = ?1")?.execute([article])?;
    Ok(id)
}

/// False when there is no such comment.
pub fn set_status(conn: &Connection, company: CompanyId, id: CommentId, status: i64) -> Result<bool> {
    let before: Option<(ArticleId, i64)> = conn
        .prepare_cached("SELECT article_id, status FROM article_comment WHERE id = ?2 AND company_id = ?1")?
        .query_row((company, id), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((article, before)) = before else { return Ok(false) };
    conn.prepare_cached("UPDATE article_comment SET status = ?2 WHERE id = ?1")?.execute((id, status))?;
    conn.prepare_cached("UPDATE article SET audited_comment_count = audited_comment_count + ?2 WHERE id = ?1")?
        .execute((article, status - before))?;
    Ok(true)
}

/// The counters follow by a trigger.
pub fn delete(conn: &Connection, company: CompanyId, id: CommentId) -> Result<bool> {
    let deleted =
        conn.prepare_cached("DELETE FROM article_comment WHERE id = ?2 AND company_id = ?1")?.execute((company, id))?;
    Ok(deleted > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ids::CustomerId, query_plans::greedy};

    #[test]
    fn statements_are_served_by_indexes_and_counters_are_recounts() {
        let few = [("SELECT * FROM (SELECT id", "the two lists that are joined are of a page's length each")];
        let faults = greedy(&few, |conn| {
            conn.execute_batch(
                "INSERT INTO article (id, company_id, title, content, created_at) VALUES (1, 1, '', '', 0)",
            )
            .unwrap();
            let reader = Customer { id: CustomerId(1), company: CompanyId(1) };
            let (article, company) = (ArticleId(1), reader.company);
            let ids = ["甲", "乙", "丙"].map(|text| insert(conn, reader, article, text, Millis(0)).unwrap());
            for status in [1, 1] {
                assert!(set_status(conn, company, ids[0], status).unwrap());
            }
            let counters = || {
                conn.query_row("SELECT comment_count, audited_comment_count FROM article WHERE id = 1", [], |row| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
                })
                .unwrap()
            };
            assert_eq!(counters(), (3, 1));
            let texts = |reader| -> Vec<String> {
                shown(conn, reader, article, 10).unwrap().into_iter().map(|comment| comment.content).collect()
            };
            assert_eq!(texts(reader), ["丙", "乙", "甲"]);
            let other = Customer { id: CustomerId(2), ..reader };
            assert_eq!(texts(other), ["甲"]);
            assert_eq!(
                (count_shown(conn, reader, article).unwrap(), count_shown(conn, other, article).unwrap()),
                (3, 1)
            );
            for (article, status, expected) in
                [(None, None, 3), (Some(article), None, 3), (None, Some(0), 2), (Some(article), Some(1), 1)]
            {
                let filter = Filter { company, article, status };
                assert_eq!(count(conn, &filter).unwrap(), expected);
                let rows = list(conn, &filter, Paging::new(None, None, 20).unwrap()).unwrap();
                assert_eq!(i64::try_from(rows.len()).unwrap(), expected);
            }
            assert!(delete(conn, company, ids[0]).unwrap() && !delete(conn, company, ids[0]).unwrap());
            assert_eq!(counters(), (2, 0));
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
