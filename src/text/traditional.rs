//! Table of traditional characters in administrative documents and their simplified forms. Only for comparing labels; text is never
//! converted.

use std::collections::HashMap;
use std::sync::LazyLock;

use rustc_hash::FxBuildHasher;

/// Pairs of a traditional and a simplified character.
const PAIRS: &str = "並并乾干佈布佔占併并來来係系倉仓個个們们備备傳传債债傷伤僅仅僱雇價价億亿優优儲储內内兩两冊册凍冻剛刚創创劃划劇剧劉刘劑剂動动務务勝胜勞劳勢势勳勋勵励區区協协卻却厭厌參参員员問问啓启啟启喪丧單单嚮向嚴严國国圍围園园圖图團团執执報报場场塊块墊垫壇坛壓压壞坏壯壮壽寿夾夹奪夺奮奋姊姐婦妇孫孙學学它他宮宫實实寧宁審审寫写寬宽寶宝將将專专尋寻對对導导屆届層层屬属岡冈島岛嶺岭巖岩師师帶带幣币幫帮幹干幾几庫库廁厕廠厂廢废廣广廳厅張张強强彆别彈弹彙汇後后徑径從从復复徵征徹彻恆恒恥耻悶闷惡恶愛爱態态慘惨慣惯慶庆憂忧憑凭應应懲惩懷怀戰战戲戏戶户拋抛挾挟捨舍掃扫掛挂採采揚扬換换損损搖摇搶抢撥拨撲扑擁拥擇择擊击擔担據据擴扩攝摄敗败敘叙數数斷断於于時时晉晋暫暂曆历書书會会東东條条棄弃業业榮荣構构樓楼標标樞枢樣样橋桥機机檔档檢检櫃柜欄栏權权欽钦歐欧歲岁歷历歸归殘残殼壳毀毁氣气決决沒没況况淚泪淨净減减測测渾浑湧涌準准溝沟滅灭滙汇滬沪漢汉潔洁澤泽濟济瀏浏灣湾災灾為为無无煙烟煩烦熱热營营爐炉爭争爲为爾尔牆墙狀状獎奖獨独獲获現现環环產产産产畫画異异當当療疗癥症發发盜盗盡尽監监盤盘眾众瞭了矚瞩確确碼码礎础祇只禁禁禍祸稅税種种稱称穀谷積积穩稳穫获窮穷競竞筆笔節节範范築筑簡简簽签籌筹籤签籬篱糧粮糾纠紀纪約约紅红納纳紙纸級级紛纷細细終终組组結结絕绝絡络給给統统經经綜综綠绿維维綱纲網网緊紧線线緝缉締缔編编緩缓練练緻致縣县縮缩總总績绩織织繪绘繫系繳缴繼继續续纔才纖纤罰罚罷罢羅罗羣群義义習习聯联聲声職职聽听肅肃脅胁腦脑臟脏臨临臺台與与興兴舉举舊旧艦舰艱艰萬万藝艺藥药蘇苏處处虛虚號号虧亏衆众術术衛卫衝冲裏里補补裝装裡里製制複复襲袭覆复見见規规視视覺觉覽览觀观訂订計计訊讯討讨訓训託托記记訟讼訪访設设許许訴诉註注詢询試试話话該该詳详誌志認认語语誠诚誤误說说説说調调談谈請请諒谅論论諮咨講讲證证識识議议護护讀读變变讓让財财貨货貫贯責责貴贵買买費费貼贴資资賑赈賠赔質质賬账購购贊赞趕赶趙赵跡迹踐践車车軌轨軍军軟软較较載载輔辅輕轻輸输轄辖轉转辦办農农迴回這这連连進进運运過过達达違违遠远適适遷迁選选遺遗還还邊边郵邮鄉乡鄭郑鄰邻醫医釋释針针銀银銷销鋪铺錄录錢钱錯错鍵键鎮镇鏈链鐵铁鑑鉴長长門门閉闭開开閒闲間间閱阅關关闢辟防防陽阳隊队階阶際际隨随險险隱隐隸隶隻只難难電电霧雾靈灵靑青靜静響响頁页項项順顺須须預预領领頭头題题額额願愿類类顧顾顯显風风飛飞飲饮養养餘余館馆馬马駁驳駐驻驗验驚惊體体髮发鬆松鬥斗鬱郁魚鱼鳥鸟麥麦麵面麼么黃黄點点黨党齊齐齡龄龍龙";

/// The simplified character for a traditional one; every other character is returned as it is.
#[inline]
pub(crate) fn simplified(character: char) -> char {
    let place = (character as usize).wrapping_sub(FIRST);
    match TRADITIONAL.get(place / 64) {
        Some(bits) if bits >> (place % 64) & 1 == 1 => of_table(character),
        _ => character,
    }
}

/// The first of the common ideographs, the block that contains all of [`PAIRS`].
const FIRST: usize = 0x4e00;

/// A bit set of the traditional characters among the common ideographs. Every character of every text is looked up, and a table of this
/// size stays in the processor's cache.
static TRADITIONAL: [u64; (0xa000 - FIRST) / 64] = {
    let mut bits = [0; (0xa000 - FIRST) / 64];
    let bytes = PAIRS.as_bytes();
    let mut at = 0;
    // Each character has three bytes, each pair six.
    while at < bytes.len() {
        let (first, second, third) = (bytes[at] as usize, bytes[at + 1] as usize, bytes[at + 2] as usize);
        let place = ((first & 0x0f) << 12 | (second & 0x3f) << 6 | third & 0x3f) - FIRST;
        bits[place / 64] |= 1 << (place % 64);
        at += 6;
    }
    bits
};

#[cold]
fn of_table(character: char) -> char {
    static TABLE: LazyLock<HashMap<char, char, FxBuildHasher>> = LazyLock::new(|| pairs().collect());
    TABLE.get(&character).copied().unwrap_or(character)
}

fn pairs() -> impl Iterator<Item = (char, char)> {
    let mut characters = PAIRS.chars();
    std::iter::from_fn(move || Some((characters.next()?, characters.next()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_traditional_character_occurs_once_and_in_a_pair() {
        assert_eq!(PAIRS.chars().count() % 2, 0);
        let mut traditional: Vec<char> = pairs().map(|pair| pair.0).collect();
        traditional.sort_unstable();
        assert!(traditional.windows(2).all(|pair| pair[0] < pair[1]));
        assert!(pairs().all(|pair| simplified(pair.0) == pair.1 && simplified(pair.1) == pair.1));
        let changed = |character: &char| simplified(*character) != *character;
        assert_eq!(('\0'..=char::MAX).filter(changed).count(), pairs().filter(|pair| pair.0 != pair.1).count());
    }
}
