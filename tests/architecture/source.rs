//! Rust source as a list of words and signs, without comments and texts.

/// A word or a sign, and its line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub text: String,
    pub line: u32,
}

impl Token {
    /// Whether it is a name or a keyword.
    pub(crate) fn is_name(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

/// The words and signs of a source text.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut reader = Reader { chars: text.chars().collect(), place: 0, line: 1, tokens: Vec::new() };
    while reader.step() {}
    reader.tokens
}

struct Reader {
    chars: Vec<char>,
    place: usize,
    line: u32,
    tokens: Vec<Token>,
}

impl Reader {
    fn step(&mut self) -> bool {
        let Some(c) = self.peek(0) else { return false };
        match (c, self.peek(1)) {
            ('/', Some('/')) => self.skip_while(|c| c != '\n'),
            ('/', Some('*')) => self.comment(),
            ('"', _) => self.text(),
            ('\'', _) => self.char_or_lifetime(),
            _ if c.is_alphanumeric() || c == '_' => self.word(),
            (':', Some(':')) => {
                self.push("::".to_owned());
                self.advance(2);
            }
            _ => {
                if !c.is_whitespace() {
                    self.push(c.to_string());
                }
                self.advance(1);
            }
        }
        true
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.place + ahead).copied()
    }

    fn advance(&mut self, by: usize) {
        for _ in 0..by {
            self.line += u32::from(self.peek(0) == Some('\n'));
            self.place += 1;
        }
    }

    fn skip_while(&mut self, wanted: impl Fn(char) -> bool) {
        while self.peek(0).is_some_and(&wanted) {
            self.advance(1);
        }
    }

    fn push(&mut self, text: String) {
        self.tokens.push(Token { text, line: self.line });
    }

    fn comment(&mut self) {
        let mut depth = 0;
        loop {
            match (self.peek(0), self.peek(1)) {
                (Some('/'), Some('*')) => depth += 1,
                (Some('*'), Some('/')) => depth -= 1,
                (None, _) => return,
                _ => {
                    self.advance(1);
                    continue;
                }
            }
            self.advance(2);
            if depth == 0 {
                return;
            }
        }
    }

    /// A raw text, from its first quote on; it ends in a quote and so many `#`.
    fn raw_text(&mut self, hashes: usize) {
        self.advance(1);
        while let Some(c) = self.peek(0) {
            if c == '"' && (1..=hashes).all(|ahead| self.peek(ahead) == Some('#')) {
                self.advance(1 + hashes);
                return;
            }
            self.advance(1);
        }
    }

    fn text(&mut self) {
        self.advance(1);
        while let Some(c) = self.peek(0) {
            self.advance(if c == '\\' { 2 } else { 1 });
            if c == '"' {
                return;
            }
        }
    }

    /// `'a'` and `'\n'` are characters, `'a` is a lifetime.
    fn char_or_lifetime(&mut self) {
        if self.peek(1) == Some('\\') {
            self.advance(3);
            self.skip_while(|c| c != '\'');
            self.advance(1);
        } else if self.peek(2) == Some('\'') {
            self.advance(3);
        } else {
            self.advance(1);
            self.skip_while(|c| c.is_alphanumeric() || c == '_');
        }
    }

    fn word(&mut self) {
        let (start, line) = (self.place, self.line);
        self.skip_while(|c| c.is_alphanumeric() || c == '_');
        let word: String = self.chars[start..self.place].iter().collect();
        let hashes = (0..self.chars.len()).take_while(|&ahead| self.peek(ahead) == Some('#')).count();
        let raw = ["r", "br", "cr"].contains(&word.as_str()) && self.peek(hashes) == Some('"');
        if raw {
            self.advance(hashes);
            self.raw_text(hashes);
        } else {
            self.tokens.push(Token { text: word, line });
        }
    }
}
