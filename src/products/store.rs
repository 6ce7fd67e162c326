//! SQL of products.

use rusqlite::{Connection, OptionalExtension, Row};

use super::{Draft, Filter, Kind, Product, shop::Seller};
use crate::{
    db,
    error::Result,
    identity::store::STAFF_NAME,
    ids::{CompanyId, ProductId, StaffId},
    time::Millis,
    web::Paging,
};

/// Rows of [`product`], to be followed by WHERE.
fn select() -> String {
    format!(
        "SELECT product.id, product.staff_id, coalesce({STAFF_NAME}, ''),
                coalesce(staff.avatar, 'statics/imgs/setAvator.jpg'), company.name,
                product.name, product.price, product.reason, product.content, product.status,
                product.recommend_index, product.created_at
         FROM product JOIN company ON company.id = product.company_id LEFT JOIN staff ON staff.id = product.staff_id"
    )
}

fn product(row: &Row<'_>) -> Result<Product> {
    let content: String = row.get(8)?;
    Ok(Product {
        id: row.get(0)?,
        staff: row.get(1)?,
        staff_name: row.get(2)?,
        staff_avatar: row.get(3)?,
        company_name: row.get(4)?,
        name: row.get(5)?,
        price: row.get(6)?,
        reason: row.get(7)?,
        content: serde_json::from_str(&content)?,
        status: row.get(9)?,
        recommend_index: row.get(10)?,
        created_at: row.get(11)?,
    })
}

fn collect(mut rows: rusqlite::Rows<'_>) -> Result<Vec<Product>> {
    let mut products = Vec::new();
    while let Some(row) = rows.next()? {
        products.push(product(row)?);
    }
    Ok(products)
}

const BY_RANK: &str = "ORDER BY product.recommend_index DESC, product.created_at DESC, product.id DESC";
/// ?1 company, ?2 whether of staff, ?3 status, ?4 part of the name.
const FILTER: &str = "product.company_id = ?1 AND (product.staff_id IS NOT NULL) = ?2
     AND (product.status = ?3 OR (?3 = 1 AND product.status = 3))
     AND (?4 IS NULL OR product.name LIKE ?4 ESCAPE '\\')";
/// ?1 company, ?2 the staff member that the customer came by.
const OFFERED: &str =
    "product.company_id = ?1 AND product.status <> 2 AND (product.staff_id IS NULL OR product.staff_id = ?2)";

pub fn list(conn: &Connection, filter: &Filter, paging: Paging) -> Result<Vec<Product>> {
    let mut statement = conn.prepare_cached(&format!("{} WHERE {FILTER} {BY_RANK} LIMIT ?5 OFFSET ?6", select()))?;
    let name = filter.name.as_deref().map(db::contains);
    let of_staff = filter.kind == Kind::Staff;
    collect(statement.query((filter.company, of_staff, filter.status, name, paging.limit(), paging.offset()))?)
}

pub fn count(conn: &Connection, filter: &Filter) -> Result<i64> {
    let name = filter.name.as_deref().map(db::contains);
    Ok(conn
        .prepare_cached(&format!("SELECT count(*) FROM product WHERE {FILTER}"))?
        .query_row((filter.company, filter.kind == Kind::Staff, filter.status, name), |row| row.get(0))?)
}

/// What customers see of the company's and of this staff member's.
pub fn offered(conn: &Connection, company: CompanyId, staff: StaffId, paging: Paging) -> Result<Vec<Product>> {
    let mut statement = conn.prepare_cached(&format!("{} WHERE {OFFERED} {BY_RANK} LIMIT ?3 OFFSET ?4", select()))?;
    collect(statement.query((company, staff, paging.limit(), paging.offset()))?)
}

pub fn count_offered(conn: &Connection, company: CompanyId, staff: StaffId) -> Result<i64> {
    Ok(conn
        .prepare_cached(&format!("SELECT count(*) FROM product WHERE {OFFERED}"))?
        .query_row((company, staff), |row| row.get(0))?)
}

pub fn find(conn: &Connection, company: CompanyId, id: ProductId) -> Result<Option<Product>> {
    let mut statement =
        conn.prepare_cached(&format!("{} WHERE product.id = ?2 AND product.company_id = ?1", select()))?;
    let mut rows = statement.query((company, id))?;
    rows.next()?.map(product).transpose()
}

pub fn seller(conn: &Connection, company: CompanyId, staff: StaffId) -> Result<Option<Seller>> {
    Ok(conn
        .prepare_cached(&format!("SELECT {STAFF_NAME}, avatar, position FROM staff WHERE id = ?2 AND company_id = ?1"))?
        .query_row((company, staff), |row| Ok(Seller { name: row.get(0)?, avatar: row.get(1)?, position: row.get(2)? }))
        .optional()?)
}

pub fn insert(
    conn: &Connection,
    company: CompanyId,
    owner: Option<StaffId>,
    draft: &Draft,
    now: Millis,
) -> Result<ProductId> {
    let content = serde_json::to_string(&draft.content)?;
    conn.prepare_cached(
        "INSERT INTO product (company_id, staff_id, name, price, reason, content, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute((company, owner, &draft.name, &draft.price, &draft.reason, content, now))?;
    Ok(ProductId(conn.last_insert_rowid()))
}

pub fn update(conn: &Connection, company: CompanyId, id: ProductId, draft: &Draft) -> Result<bool> {
    let content = serde_json::to_string(&draft.content)?;
    let changed = conn
        .prepare_cached(
            "UPDATE product SET name = ?3, price = ?4, reason = ?5, content = ?6 WHERE id = ?2 AND company_id = ?1",
        )?
        .execute((company, id, &draft.name, &draft.price, &draft.reason, content))?;
    Ok(changed > 0)
}

pub fn delete(conn: &Connection, company: CompanyId, id: ProductId) -> Result<bool> {
    Ok(conn.prepare_cached("DELETE FROM product WHERE id = ?2 AND company_id = ?1")?.execute((company, id))? > 0)
}

pub fn set_status(conn: &Connection, company: CompanyId, id: ProductId, status: i64) -> Result<bool> {
    let changed = conn
        .prepare_cached("UPDATE product SET status = ?3 WHERE id = ?2 AND company_id = ?1")?
        .execute((company, id, status))?;
    Ok(changed > 0)
}

pub fn set_recommend_index(conn: &Connection, company: CompanyId, id: ProductId, index: i64) -> Result<bool> {
    let changed = conn
        .prepare_cached("UPDATE product SET recommend_index = ?3 WHERE id = ?2 AND company_id = ?1")?
        .execute((company, id, index))?;
    Ok(changed > 0)
}

pub fn count_forward(conn: &Connection, company: CompanyId, id: ProductId) -> Result<()> {
    conn.prepare_cached("UPDATE product SET forward_count = forward_count + 1 WHERE id = ?2 AND company_id = ?1")?
        .execute((company, id))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query_plans::greedy;

    #[test]
    fn statements_are_served_by_indexes() {
        let faults = greedy(&[], |conn| {
            let (company, staff) = (CompanyId(1), StaffId(1));
            let paging = Paging::new(None, None, 10).unwrap();
            for kind in [Kind::Company, Kind::Staff] {
                let filter = Filter { company, kind, status: 1, name: Some("p".to_owned()) };
                list(conn, &filter, paging).unwrap();
                count(conn, &filter).unwrap();
            }
            offered(conn, company, staff, paging).unwrap();
            count_offered(conn, company, staff).unwrap();
            find(conn, company, ProductId(1)).unwrap();
            delete(conn, company, ProductId(1)).unwrap();
        });
        assert_eq!(faults, Vec::<String>::new());
    }
}
