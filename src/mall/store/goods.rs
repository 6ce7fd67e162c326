//! SQL of goods.

use rusqlite::{Connection, OptionalExtension, Row};

use crate::{
    db,
    error::Result,
    ids::{CompanyId, GoodId},
    mall::{Draft, Filter, Good},
    time::Millis,
    web::Paging,
};

const SELECT: &str = "SELECT good.id, good.class_id, coalesce(goods_class.name, ''), good.name, good.price_fen,
            good.inventory, good.sold_count, good.status, good.recommend_index, good.pictures, good.detail_pictures,
            good.description, good.created_at
     FROM good LEFT JOIN goods_class ON goods_class.id = good.class_id";

fn good(row: &Row<'_>) -> Result<Good> {
    let (pictures, detail_pictures): (String, String) = (row.get(9)?, row.get(10)?);
    Ok(Good {
        id: row.get(0)?,
        class: row.get(1)?,
        class_name: row.get(2)?,
        name: row.get(3)?,
        price_fen: row.get(4)?,
        inventory: row.get(5)?,
        sold: row.get(6)?,
        status: row.get(7)?,
        recommend_index: row.get(8)?,
        pictures: serde_json::from_str(&pictures)?,
        detail_pictures: serde_json::from_str(&detail_pictures)?,
        description: row.get(11)?,
        created_at: row.get(12)?,
    })
}

/// ?1 company, ?2 part of the name, ?3 class, ?4 status as shown, ?5 whether only what is offered, ?6 id.
const FILTER: &str = "good.company_id = ?1 AND (?2 IS NULL OR good.name LIKE ?2 ESCAPE '\\')
     AND (?3 IS NULL OR good.class_id IN (
         WITH RECURSIVE down (id) AS (
             SELECT ?3 UNION SELECT goods_class.id FROM goods_class JOIN down ON goods_class.parent_id = down.id
             WHERE goods_class.company_id = ?1
         ) SELECT id FROM down))
     AND (?4 IS NULL OR ?4 = CASE WHEN good.status = 1 AND good.inventory = 0 THEN 3 ELSE good.status END)
     AND (?5 = 0 OR good.status NOT IN (2, 4)) AND (?6 IS NULL OR good.id = ?6)";

pub fn list(conn: &Connection, filter: &Filter, paging: Paging) -> Result<Vec<Good>> {
    let mut statement = conn.prepare_cached(&format!(
        "{SELECT} WHERE {FILTER} ORDER BY good.recommend_index DESC, good.created_at DESC, good.id DESC
         LIMIT ?7 OFFSET ?8"
    ))?;
    let name = filter.name.as_deref().map(db::contains);
    let Filter { company, class, status, only_offered, id, .. } = *filter;
    let mut rows =
        statement.query((company, name, class, status, only_offered, id, paging.limit(), paging.offset()))?;
    let mut goods = Vec::new();
    while let Some(row) = rows.next()? {
        goods.push(good(row)?);
    }
    Ok(goods)
}

pub fn count(conn: &Connection, filter: &Filter) -> Result<i64> {
    let name = filter.name.as_deref().map(db::contains);
    let Filter { company, class, status, only_offered, id, .. } = *filter;
    Ok(conn
        .prepare_cached(&format!("SELECT count(*) FROM good WHERE {FILTER}"))?
        .query_row((company, name, class, status, only_offered, id), |row| row.get(0))?)
}

pub fn find(conn: &Connection, company: CompanyId, id: GoodId) -> Result<Option<Good>> {
    let mut statement = conn.prepare_cached(&format!("{SELECT} WHERE good.id = ?2 AND good.company_id = ?1"))?;
    let mut rows = statement.query((company, id))?;
    rows.next()?.map(good).transpose()
}

pub fn insert(conn: &Connection, company: CompanyId, draft: &Draft, now: Millis) -> Result<GoodId> {
    conn.prepare_cached(
        "INSERT INTO good (company_id, name, class_id, price_fen, inventory, status, recommend_index, pictures,
                           detail_pictures, description, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute((
        company,
        &draft.name,
        draft.class,
        draft.price_fen,
        draft.inventory,
        draft.status,
        draft.recommend_index,
        serde_json::to_string(&draft.pictures)?,
        serde_json::to_string(&draft.detail_pictures)?,
        &draft.description,
        now,
    ))?;
    Ok(GoodId(conn.last_insert_rowid()))
}

pub fn update(conn: &Connection, company: CompanyId, id: GoodId, draft: &Draft) -> Result<()> {
    conn.prepare_cached(
        "UPDATE good SET name = ?3, class_id = ?4, price_fen = ?5, inventory = ?6, status = ?7, recommend_index = ?8,
                         pictures = ?9, detail_pictures = ?10, description = ?11
         WHERE id = ?2 AND company_id = ?1",
    )?
    .execute((
        company,
        id,
        &draft.name,
        draft.class,
        draft.price_fen,
        draft.inventory,
        draft.status,
        draft.recommend_index,
        serde_json::to_string(&draft.pictures)?,
        serde_json::to_string(&draft.detail_pictures)?,
        &draft.description,
    ))?;
    Ok(())
}

pub fn delete(conn: &Connection, company: CompanyId, id: GoodId) -> Result<()> {
    conn.prepare_cached("DELETE FROM good WHERE id = ?2 AND company_id = ?1")?.execute((company, id))?;
    Ok(())
}

pub fn count_forward(conn: &Connection, company: CompanyId, id: GoodId) -> Result<()> {
    conn.prepare_cached("UPDATE good SET forward_count = forward_count + 1 WHERE id = ?2 AND company_id = ?1")?
        .execute((company, id))?;
    Ok(())
}

/// Takes pieces of what is on sale; false when there are not as many.
pub fn take(conn: &Connection, company: CompanyId, id: GoodId, pieces: i64) -> Result<bool> {
    let taken = conn
        .prepare_cached(
            "UPDATE good SET inventory = inventory - ?3
             WHERE id = ?2 AND company_id = ?1 AND status = 1 AND inventory >= ?3",
        )?
        .execute((company, id, pieces))?;
    Ok(taken > 0)
}

/// Takes as many of these pieces as are left: how many.
pub fn take_what_is_left(conn: &Connection, company: CompanyId, id: GoodId, pieces: i64) -> Result<i64> {
    let left: Option<i64> = conn
        .prepare_cached("SELECT min(inventory, ?3) FROM good WHERE id = ?2 AND company_id = ?1")?
        .query_row((company, id, pieces), |row| row.get(0))
        .optional()?;
    let taken = left.unwrap_or_default();
    give_back(conn, company, id, -taken)?;
    Ok(taken)
}

pub fn give_back(conn: &Connection, company: CompanyId, id: GoodId, pieces: i64) -> Result<()> {
    conn.prepare_cached("UPDATE good SET inventory = inventory + ?3 WHERE id = ?2 AND company_id = ?1")?
        .execute((company, id, pieces))?;
    Ok(())
}

/// Counts pieces as sold; what was refunded is taken back with a negative number.
pub fn count_sold(conn: &Connection, company: CompanyId, id: GoodId, pieces: i64) -> Result<()> {
    conn.prepare_cached("UPDATE good SET sold_count = sold_count + ?3 WHERE id = ?2 AND company_id = ?1")?
        .execute((company, id, pieces))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ids::GoodsClassId, query_plans::greedy};

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let (company, id) = (CompanyId(1), GoodId(1));
            let filter = Filter {
                company,
                id: None,
                name: Some("a".to_owned()),
                class: Some(GoodsClassId(1)),
                status: Some(1),
                only_offered: true,
            };
            list(conn, &filter, Paging::new(None, None, 10).unwrap()).unwrap();
            count(conn, &filter).unwrap();
            find(conn, company, id).unwrap();
            count_forward(conn, company, id).unwrap();
            take(conn, company, id, 1).unwrap();
            take_what_is_left(conn, company, id, 1).unwrap();
            count_sold(conn, company, id, 1).unwrap();
            delete(conn, company, id).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
