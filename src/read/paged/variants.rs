//! Maps variant characters of fonts (Kangxi radicals, radicals supplement) to ordinary ones.

/// The ideographs of U+2F00 to U+2FD5, in order.
const KANGXI: &str = "一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢尸屮山巛工己巾干幺广廴廾弋弓彐彡彳心戈戶手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿目矛矢石示禸禾穴立竹米糸缶网羊羽老而耒耳聿肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵邑酉釆里金長門阜隶隹雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠";

/// Characters of the radicals supplement used in 方正 fonts and in PDF files of Chrome, with their ideographs.
const SUPPLEMENT: &[(char, char)] = &[
    ('⺟', '母'),
    ('⺠', '民'),
    ('⻄', '西'),
    ('⻅', '见'),
    ('⻆', '角'),
    ('⻉', '贝'),
    ('⻋', '车'),
    ('⻓', '长'),
    ('⻔', '门'),
    ('⻘', '青'),
    ('⻙', '韦'),
    ('⻚', '页'),
    ('⻛', '风'),
    ('⻜', '飞'),
    ('⻝', '食'),
    ('⻢', '马'),
    ('⻣', '骨'),
    ('⻤', '鬼'),
    ('⻥', '鱼'),
    ('⻦', '鸟'),
    ('⻧', '卤'),
    ('⻨', '麦'),
    ('⻩', '黄'),
    ('⻬', '齐'),
    ('⻮', '齿'),
    ('⻰', '龙'),
    ('⻳', '龟'),
];

/// The ideograph of a radical, in its mainland Chinese form.
pub(super) fn ordinary(character: char) -> char {
    match character {
        '\u{2f3e}' => '户',
        '\u{2f00}'..='\u{2fd5}' => KANGXI.chars().nth(character as usize - 0x2f00).unwrap_or(character),
        '\u{2e80}'..='\u{2eff}' => {
            SUPPLEMENT.iter().find(|(odd, _)| *odd == character).map_or(character, |(_, ordinary)| *ordinary)
        }
        _ => character,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_radical_has_its_character() {
        assert_eq!(KANGXI.chars().count(), 0x2fd5 - 0x2f00 + 1);
        let odd = "⼀⽂⾏⽆⼾⻓⻛⿕表";
        assert_eq!(odd.chars().map(ordinary).collect::<String>(), "一文行无户长风龠表");
    }
}
