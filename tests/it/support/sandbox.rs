//! The fixed accounts of the built-in WeChat sandbox. None of them is real.

/// A company in Work WeChat, with Li Na, Zhang Wei, Wang Fang, Liu Yang, Chen Jie and Yang Fan.
pub const CORP_ID: &str = "ww5a1d6e0f27c3b984";
pub const CONTACTS_SECRET: &str = "sandbox-contacts-secret-of-the-first-corp-1";
pub const RADAR_AGENT_ID: &str = "1000002";
pub const RADAR_SECRET: &str = "sandbox-radar-secret-of-the-first-company-1";

/// Its mini-program.
pub const MINI_APP_ID: &str = "wx3c7e19d05ab2468f";
pub const MINI_SECRET: &str = "0123456789abcdef5a1d6e0f27c3b984";
