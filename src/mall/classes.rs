//! Classes of goods (商品分类): a tree in each company.

use std::collections::HashMap;

use rusqlite::Connection;

use super::store::classes as store;
use crate::{
    app::App,
    error::{Error, Result},
    identity::{self, Admin},
    ids::{CompanyId, GoodsClassId},
    time::Millis,
};

/// Levels at most: what a phone can show.
const DEEPEST: i64 = 5;

/// A class and those below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    pub id: GoodsClassId,
    pub name: String,
    /// Goods directly in it.
    pub goods: i64,
    pub children: Vec<Class>,
}

/// A class as it is stored.
#[derive(Debug, Clone)]
pub struct Row {
    pub id: GoodsClassId,
    pub parent: Option<GoodsClassId>,
    pub name: String,
    pub goods: i64,
}

/// The company's tree; of `only`, that class and what is below it. 302 when there is no such class.
pub async fn tree(app: &App, company: CompanyId, only: Option<GoodsClassId>) -> Result<Vec<Class>> {
    let rows = app.db.read(move |conn| store::all(conn, company)).await?;
    if let Some(only) = only
        && !rows.iter().any(|row| row.id == only)
    {
        return Err(Error::no_such("分类"));
    }
    Ok(grown(rows, only))
}

/// Rows in the order of their ids, as a tree.
fn grown(rows: Vec<Row>, only: Option<GoodsClassId>) -> Vec<Class> {
    let mut below: HashMap<Option<GoodsClassId>, Vec<Row>> = HashMap::new();
    let mut top = Vec::new();
    for row in rows {
        if only == Some(row.id) || (only.is_none() && row.parent.is_none()) {
            top.push(row);
        } else {
            below.entry(row.parent).or_default().push(row);
        }
    }
    top.into_iter().map(|row| class(row, &mut below)).collect()
}

fn class(row: Row, below: &mut HashMap<Option<GoodsClassId>, Vec<Row>>) -> Class {
    let children = below.remove(&Some(row.id)).unwrap_or_default();
    let children = children.into_iter().map(|row| class(row, below)).collect();
    Class { id: row.id, name: row.name, goods: row.goods, children }
}

/// 301 when there is no such class above, or the tree would get too deep.
pub async fn add(app: &App, admin: &Admin, name: String, parent: Option<GoodsClassId>) -> Result<GoodsClassId> {
    let (company, by) = (admin.company, admin.author());
    app.db
        .write(move |w| {
            check_parent(w, company, None, parent)?;
            let id = store::insert(w, company, &name, parent, Millis::now())?;
            identity::store::audit::put(w, company, by, "goodsClassOper.add", &format!("商品分类 {id} {name}"))?;
            Ok(id)
        })
        .await
}

/// As [`add`]; 301 when the class would come to lie below itself. `parent` is `None` when it stays as it is.
pub async fn update(
    app: &App,
    admin: &Admin,
    id: GoodsClassId,
    name: String,
    parent: Option<Option<GoodsClassId>>,
) -> Result<()> {
    let (company, by) = (admin.company, admin.author());
    app.db
        .write(move |w| {
            let before = store::find(w, company, id)?.ok_or_else(|| Error::no_such("分类"))?;
            let parent = parent.unwrap_or(before.parent);
            check_parent(w, company, Some(id), parent)?;
            store::update(w, company, id, &name, parent)?;
            let detail = format!("商品分类 {id} {} → {name}", before.name);
            identity::store::audit::put(w, company, by, "goodsClassOper.update", &detail)
        })
        .await
}

/// 304 when there are classes below it or goods in it.
pub async fn delete(app: &App, admin: &Admin, id: GoodsClassId) -> Result<()> {
    let (company, by) = (admin.company, admin.author());
    app.db
        .write(move |w| {
            let before = store::find(w, company, id)?.ok_or_else(|| Error::no_such("分类"))?;
            if before.goods > 0 || store::has_children(w, company, id)? {
                return Err(Error::HasChildren);
            }
            store::delete(w, company, id)?;
            let detail = format!("商品分类 {id} {}", before.name);
            identity::store::audit::put(w, company, by, "goodsClassOper.delete", &detail)
        })
        .await
}

fn check_parent(
    conn: &Connection,
    company: CompanyId,
    id: Option<GoodsClassId>,
    parent: Option<GoodsClassId>,
) -> Result<()> {
    let Some(parent) = parent else { return Ok(()) };
    let bad = |reason: &str| Error::field("parentClassification", reason);
    if store::find(conn, company, parent)?.is_none() {
        return Err(bad("无此父级"));
    }
    let above = store::ancestors(conn, company, parent)?;
    if id.is_some_and(|id| above.contains(&id)) {
        return Err(bad("父级不能是自己或自己的下级"));
    }
    let height = id.map_or(Ok(1), |id| store::height(conn, company, id))?;
    if i64::try_from(above.len()).unwrap_or(i64::MAX) + height > DEEPEST {
        return Err(bad("分类最多五级"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_grow_to_a_tree() {
        let row = |id, parent: Option<i64>| Row {
            id: GoodsClassId(id),
            parent: parent.map(GoodsClassId),
            name: id.to_string(),
            goods: 0,
        };
        let rows = vec![row(1, None), row(2, Some(1)), row(3, Some(5)), row(5, None), row(8, Some(1)), row(9, Some(3))];
        let leaf = |id: i64, children| Class { id: GoodsClassId(id), name: id.to_string(), goods: 0, children };
        let five = leaf(5, vec![leaf(3, vec![leaf(9, vec![])])]);
        let one = leaf(1, vec![leaf(2, vec![]), leaf(8, vec![])]);
        assert_eq!(grown(rows.clone(), None), [one, five]);
        assert_eq!(grown(rows, Some(GoodsClassId(3))), [leaf(3, vec![leaf(9, vec![])])]);
    }
}
