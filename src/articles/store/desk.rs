//! SQL of articles as the back office has them.

use rusqlite::{Connection, OptionalExtension, Row};

use super::tags;
use crate::{
    articles::{
        AdLinks, Article, Glance, Listed,
        desk::{Draft, Filter, Order},
    },
    db,
    error::Result,
    ids::{AdminId, ArticleId, ArticleTagId, CompanyId, StaffId},
    time::Millis,
    web::Paging,
};

const SELECT: &str = "SELECT article.id, article.title, article.summary, article.cover, article.insert_ads,
            article.status, article.source, coalesce(nullif(admin.username, ''), company.name),
            coalesce(admin.avatar, 'statics/imgs/setAvator.jpg'), article.read_count, article.forward_count,
            article.comment_count, article.preview_code, article.created_at
     FROM article JOIN company ON company.id = article.company_id LEFT JOIN admin ON admin.id = article.admin_id";

/// ?1 company, ?2 status, ?3 part of the title, ?4 any of these tags.
const FILTER: &str = "article.company_id = ?1 AND article.status <> 3 AND (?2 IS NULL OR article.status = ?2)
     AND (?3 IS NULL OR article.title LIKE ?3 ESCAPE '\\')
     AND (?4 IS NULL OR EXISTS (SELECT 1 FROM json_each(?4) AS wanted
          JOIN article_tag_link AS link ON link.article_id = article.id AND link.tag_id = wanted.value))";

fn listed(row: &Row<'_>) -> rusqlite::Result<Listed> {
    Ok(Listed {
        id: row.get(0)?,
        title: row.get(1)?,
        summary: row.get(2)?,
        cover: row.get(3)?,
        insert_ads: row.get(4)?,
        status: row.get(5)?,
        source: row.get(6)?,
        author: row.get(7)?,
        avatar: row.get(8)?,
        read_count: row.get(9)?,
        forward_count: row.get(10)?,
        comment_count: row.get(11)?,
        preview_code: row.get(12)?,
        created_at: row.get(13)?,
        tags: Vec::new(),
    })
}

fn order_by(order: Order) -> &'static str {
    match order {
        Order::Newest => "article.created_at DESC, article.id DESC",
        Order::Oldest => "article.created_at, article.id",
        Order::MostRead => "article.read_count DESC, article.id DESC",
        Order::LeastRead => "article.read_count, article.id",
        Order::MostForwarded => "article.forward_count DESC, article.id DESC",
        Order::LeastForwarded => "article.forward_count, article.id",
    }
}

fn wanted_tags(filter: &Filter) -> Option<String> {
    filter.tags.as_ref().map(|tags| serde_json::Value::from(tags.clone()).to_string())
}

pub fn list(conn: &Connection, filter: &Filter, paging: Paging) -> Result<Vec<Listed>> {
    let sql = format!("{SELECT} WHERE {FILTER} ORDER BY {} LIMIT ?5 OFFSET ?6", order_by(filter.order));
    let title = filter.title.as_deref().map(db::contains);
    let params = (filter.company, filter.status, title, wanted_tags(filter), paging.limit(), paging.offset());
    let mut articles = conn.prepare_cached(&sql)?.query_map(params, listed)?.collect::<rusqlite::Result<Vec<_>>>()?;
    for article in &mut articles {
        article.tags = tags::of_article(conn, article.id)?;
    }
    Ok(articles)
}

pub fn count(conn: &Connection, filter: &Filter) -> Result<i64> {
    let title = filter.title.as_deref().map(db::contains);
    Ok(conn
        .prepare_cached(&format!("SELECT count(*) FROM article WHERE {FILTER}"))?
        .query_row((filter.company, filter.status, title, wanted_tags(filter)), |row| row.get(0))?)
}

/// An article that is not deleted.
pub fn find(conn: &Connection, company: CompanyId, id: ArticleId) -> Result<Option<Article>> {
    let found = conn
        .prepare_cached(&format!("{SELECT} WHERE article.id = ?2 AND article.company_id = ?1 AND article.status <> 3"))?
        .query_row((company, id), listed)
        .optional()?;
    let Some(mut listed) = found else { return Ok(None) };
    listed.tags = tags::of_article(conn, id)?;
    let (content, ad) = conn
        .prepare_cached("SELECT content, card_plugin_id, activity_id, goods_plugin_id FROM article WHERE id = ?1")?
        .query_row([id], |row| {
            Ok((row.get(0)?, AdLinks { card: row.get(1)?, activity: row.get(2)?, goods: row.get(3)? }))
        })?;
    Ok(Some(Article { listed, content, ad }))
}

/// The same without its text: what readers do comes by all the time.
pub fn glance(conn: &Connection, company: CompanyId, id: ArticleId) -> Result<Option<Glance>> {
    Ok(conn
        .prepare_cached(
            "SELECT title, status, activity_id FROM article WHERE id = ?2 AND company_id = ?1 AND status <> 3",
        )?
        .query_row((company, id), |row| Ok(Glance { title: row.get(0)?, status: row.get(1)?, activity: row.get(2)? }))
        .optional()?)
}

pub fn insert(
    conn: &Connection,
    company: CompanyId,
    author: AdminId,
    draft: &Draft,
    status: i64,
    now: Millis,
) -> Result<ArticleId> {
    let links = draft.ad.links;
    conn.prepare_cached(
        "INSERT INTO article (company_id, admin_id, title, summary, cover, content, insert_ads, card_plugin_id,
                              activity_id, goods_plugin_id, status, source, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, coalesce(?12, 1), ?13)",
    )?
    .execute((
        company,
        author,
        &draft.title,
        &draft.summary,
        &draft.cover,
        &draft.content,
        &draft.ad.text,
        links.card,
        links.activity,
        links.goods,
        status,
        draft.source,
        now,
    ))?;
    Ok(ArticleId(conn.last_insert_rowid()))
}

/// What the draft leaves open stays.
pub fn update(conn: &Connection, company: CompanyId, id: ArticleId, draft: &Draft) -> Result<bool> {
    let links = draft.ad.links;
    let changed = conn
        .prepare_cached(
            "UPDATE article SET title = ?3, summary = ?4, cover = ?5, content = ?6, insert_ads = ?7,
                    card_plugin_id = ?8, activity_id = ?9, goods_plugin_id = ?10, status = coalesce(?11, status),
                    source = coalesce(?12, source)
             WHERE id = ?2 AND company_id = ?1 AND status <> 3",
        )?
        .execute((
            company,
            id,
            &draft.title,
            &draft.summary,
            &draft.cover,
            &draft.content,
            &draft.ad.text,
            links.card,
            links.activity,
            links.goods,
            draft.status,
            draft.source,
        ))?;
    Ok(changed > 0)
}

pub fn set_preview_code(conn: &Connection, company: CompanyId, id: ArticleId, url: &str) -> Result<()> {
    conn.prepare_cached("UPDATE article SET preview_code = ?3 WHERE id = ?2 AND company_id = ?1")?
        .execute((company, id, url))?;
    Ok(())
}

/// Keeps the row, which readings and statistics hang on; the plugins it showed are free.
pub fn delete(conn: &Connection, company: CompanyId, id: ArticleId) -> Result<bool> {
    let changed = conn
        .prepare_cached(
            "UPDATE article SET status = 3, card_plugin_id = NULL, activity_id = NULL, goods_plugin_id = NULL
             WHERE id = ?2 AND company_id = ?1 AND status <> 3",
        )?
        .execute((company, id))?;
    Ok(changed > 0)
}

/// Replaces the tags of an article; false when one is not the company's.
pub fn set_tags(conn: &Connection, company: CompanyId, id: ArticleId, tags: &[ArticleTagId]) -> Result<bool> {
    conn.prepare_cached("DELETE FROM article_tag_link WHERE article_id = ?1")?.execute([id])?;
    for tag in tags {
        let linked = conn
            .prepare_cached(
                "INSERT OR REPLACE INTO article_tag_link (article_id, tag_id)
                 SELECT ?2, id FROM article_tag WHERE id = ?3 AND company_id = ?1",
            )?
            .execute((company, id, tag))?;
        if linked == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Everybody who may be told about an article.
pub fn enabled_staff(conn: &Connection, company: CompanyId) -> Result<Vec<StaffId>> {
    let mut statement = conn.prepare_cached("SELECT id FROM staff WHERE company_id = ?1 AND status = 1")?;
    let staff = statement.query_map([company], |row| row.get(0))?.collect::<rusqlite::Result<_>>()?;
    Ok(staff)
}

/// Published articles but this one, most read first.
pub fn recommended(conn: &Connection, company: CompanyId, but: ArticleId, most: i64) -> Result<Vec<Listed>> {
    let sql = format!(
        "{SELECT} WHERE article.company_id = ?1 AND article.status <> 3 AND article.status = 1 AND article.id <> ?2
         ORDER BY {} LIMIT ?3",
        order_by(Order::MostRead)
    );
    let mut statement = conn.prepare_cached(&sql)?;
    let articles = statement.query_map((company, but, most), listed)?.collect::<rusqlite::Result<_>>()?;
    Ok(articles)
}

pub fn count_recommended(conn: &Connection, company: CompanyId, but: ArticleId) -> Result<i64> {
    Ok(conn
        .prepare_cached(
            "SELECT count(*) FROM article WHERE company_id = ?1 AND status <> 3 AND status = 1 AND id <> ?2",
        )?
        .query_row((company, but), |row| row.get(0))?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{articles::Ad, query_plans::greedy};

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let company = CompanyId(1);
            let draft = Draft {
                title: "甲".to_owned(),
                summary: String::new(),
                cover: String::new(),
                content: "文".to_owned(),
                ad: Ad::default(),
                tags: None,
                status: Some(1),
                source: None,
            };
            let id = insert(conn, company, AdminId(1), &draft, 1, Millis(0)).unwrap();
            let tag = tags::insert(conn, company, "标签", 60, Millis(0)).unwrap();
            assert!(set_tags(conn, company, id, &[tag, tag]).unwrap());
            assert!(!set_tags(conn, company, id, &[ArticleTagId(99)]).unwrap());
            assert!(set_tags(conn, company, id, &[tag]).unwrap());
            let paging = Paging::new(None, None, 10).unwrap();
            for order in [
                Order::Newest,
                Order::Oldest,
                Order::MostRead,
                Order::LeastRead,
                Order::MostForwarded,
                Order::LeastForwarded,
            ] {
                let title = Some("甲".to_owned());
                let filter = Filter { company, status: Some(1), title, tags: Some(vec![99, tag.0]), order };
                assert_eq!(list(conn, &filter, paging).unwrap()[0].tags.len(), 1);
                assert_eq!(count(conn, &filter).unwrap(), 1);
            }
            let filter = Filter { company, status: None, title: None, tags: Some(vec![99]), order: Order::Newest };
            assert_eq!(count(conn, &filter).unwrap(), 0);
            assert_eq!(find(conn, company, id).unwrap().unwrap().content, "文");
            assert!(update(conn, company, id, &draft).unwrap());
            set_preview_code(conn, company, id, "x").unwrap();
            enabled_staff(conn, company).unwrap();
            assert_eq!(recommended(conn, company, ArticleId(0), 3).unwrap().len(), 1);
            assert_eq!(count_recommended(conn, company, id).unwrap(), 0);
            assert!(delete(conn, company, id).unwrap() && find(conn, company, id).unwrap().is_none());
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
