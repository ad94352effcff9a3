// SPDX-License-Identifier: GPL-2.0
// Words of a ktap script. The input is one code point per byte, so that every byte sequence can be read and token
// positions are byte offsets.
//
// No embedded code: what a rule cannot decide from its own characters is decided by translator/parse/token_source.cc,
// which makes the tokens LONG_STRING, BAD_LONG, BAD_BRACKET and long comments itself, tells FILTER_CLOSE from SLASH, and takes
// `trace`, `tick` and `profile` for plain reserved words where no event can follow. What looks wrong still becomes a
// token (BAD_*, INVALID): translator/parse/prescan.cc reports these, so the lexer itself never fails.
lexer grammar KtapLexer;

tokens { LONG_STRING, BAD_LONG, BAD_BRACKET, FILTER_CLOSE, CALLED_EVENT_WORD, STAT_PAREN, RETURN_NOTHING }

// ---- words ----------------------------------------------------------------------------------------------------------

TRACE       : 'trace' -> mode(EVENT) ;
TRACE_END   : 'trace_end' ;
TIMER_HEAD  : ('tick' | 'profile') BLANK* '-' -> mode(TIMER) ;
TIMER_WORD  : 'tick' | 'profile' ;

EVENT_WORD  : EVENT_WORDS ;
FFI         : 'ffi' ;
K_BREAK     : 'break' ;
K_DO        : 'do' ;
K_ELSE      : 'else' ;
K_ELSEIF    : 'elseif' ;
K_END       : 'end' ;
K_FALSE     : 'false' ;
K_FOR       : 'for' ;
K_FUNCTION  : 'function' ;
K_IF        : 'if' ;
K_IN        : 'in' ;
K_NIL       : 'nil' ;
K_REPEAT    : 'repeat' ;
K_RETURN    : 'return' ;
K_TRUE      : 'true' ;
K_UNTIL     : 'until' ;
K_VAR       : 'var' ;
K_WHILE     : 'while' ;
RESERVED    : 'goto' | 'then' ;  // reserved, but nothing uses them

NAME        : WORD ;

// ---- literals: their extent only; translator/parse/literals.cc checks and decodes them --------------------------------

NUMBER      : NUMBER_TEXT ;
STRING      : STRING_TEXT ;
BAD_STRING  : OPEN_STRING ;
SYMBOL      : '`' ~[`\r\n]* '`' ;
BAD_SYMBOL  : '`' ~[`\r\n]* ;

// ---- operators --------------------------------------------------------------------------------------------------------

PLUS : '+' ;  MINUS : '-' ;  STAR : '*' ;  SLASH : '/' ;  PERCENT : '%' ;
CONCAT : '..' ;  VARARG : '...' ;
EQ : '==' ;  NE : '!=' ;  LT : '<' ;  LE : '<=' ;  GT : '>' ;  GE : '>=' ;
AND : '&&' ;  OR : '||' ;  NOT : '!' ;
ASSIGN : '=' ;  PLUS_ASSIGN : '+=' ;  MINUS_ASSIGN : '-=' ;
LPAREN : '(' ;  RPAREN : ')' ;  LBRACK : '[' ;  RBRACK : ']' ;  LBRACE : '{' ;  RBRACE : '}' ;
COMMA : ',' ;  SEMI : ';' ;  DOT : '.' ;  COLON : ':' ;  LABEL : '::' ;

// Operators of other languages; reported with what ktap has instead.
BAD_OP
    : '^' | '**' | '&' | '|' | '~' | '?' | '<<' | '>>' | '<<<' | '++' | '->' | '=>' | '~=' | '===' | '!=='
    | '*=' | '/=' | '%=' | '..=' | '^=' | '&=' | '|=' | '<>'
    ;
BAD_COMMENT : ('//' ~[\r\n]* | '/*' .*? ('*/' | EOF)) -> channel(HIDDEN) ;

COMMENT     : ('#' | '--') ~[\r\n]* -> channel(HIDDEN) ;
SPACE       : BLANK+ -> channel(HIDDEN) ;
INVALID     : . ;

// ---- after `trace`: the system and the event, up to '{' or the filter -----------------------------------------------

mode EVENT;

E_COMMENT   : ('#' | '--') ~[\r\n]* -> type(COMMENT), channel(HIDDEN) ;
PROBE_HEAD  : 'probe' BLANK* ':' -> mode(TARGET) ;
SDT_HEAD    : 'sdt' BLANK* ':' -> mode(TARGET) ;
EV_WORD     : GLOB+ ;
EV_COLON    : ':' ;
EV_COMMA    : ',' ;
FILTER_OPEN : '/' -> mode(FILTER) ;
HANDLER_LBRACE : '{' -> mode(DEFAULT_MODE) ;
E_SPACE     : BLANK+ -> type(SPACE), channel(HIDDEN) ;
EV_BAD      : . ;

// ---- after `probe:` and `sdt:`: a path (or a marker's provider) with its colon, or the symbol -----------------------

mode TARGET;

EV_PATH     : ~[ \t\u000B\u000C\r\n:%,(){}"'=<>&|~!]+ BLANK* ':' ;
EV_SYMBOL   : GLOB+ ('+' [0-9A-Za-z]+)? -> mode(FETCH) ;
T_COMMA     : ',' -> type(EV_COMMA), mode(EVENT) ;
T_LBRACE    : '{' -> type(HANDLER_LBRACE), mode(DEFAULT_MODE) ;
T_SPACE     : BLANK+ -> type(SPACE), channel(HIDDEN) ;
T_BAD       : . -> type(EV_BAD), mode(FETCH) ;  // not here again: every try at a path reads far ahead

// ---- after the symbol: %return and fetch arguments --------------------------------------------------------------------

mode FETCH;

EV_RETURN   : '%return' ;
FA_TYPE     : ':' BLANK* [A-Za-z0-9_]+ ;
FA_NAME     : WORD BLANK* '=' ;
FA_REG      : '%' [A-Za-z0-9_]+ ;
FA_DOLLAR   : '$' [A-Za-z0-9_]+ ;
FA_AT       : '@' [A-Za-z0-9_.$]+ ([+-] [0-9A-Za-z]+)? ;
FA_DEREF    : [+-] [0-9A-Za-z]+ BLANK* '(' ;
FA_CLOSE    : ')' ;
A_COMMA     : ',' -> type(EV_COMMA), mode(EVENT) ;
A_OPEN      : '/' -> type(FILTER_OPEN), mode(FILTER) ;
A_LBRACE    : '{' -> type(HANDLER_LBRACE), mode(DEFAULT_MODE) ;
A_COMMENT   : ('#' | '--') ~[\r\n]* -> type(COMMENT), channel(HIDDEN) ;
A_SPACE     : BLANK+ -> type(SPACE), channel(HIDDEN) ;
FA_WORD     : WORD ;
A_BAD       : . -> type(EV_BAD) ;

// ---- inside /.../: an expression of the language, plus what the kernel's filters have -------------------------------

mode FILTER;

F_EVENT_WORD : EVENT_WORDS -> type(EVENT_WORD) ;
F_NIL        : 'nil' -> type(K_NIL) ;
F_TRUE       : 'true' -> type(K_TRUE) ;
F_FALSE      : 'false' -> type(K_FALSE) ;
F_FFI        : 'ffi' -> type(FFI) ;
F_NAME       : WORD -> type(NAME) ;
F_NUMBER     : NUMBER_TEXT -> type(NUMBER) ;
F_STRING     : STRING_TEXT -> type(STRING) ;
F_BAD_STRING : OPEN_STRING -> type(BAD_STRING) ;
F_SYMBOL     : '`' ~[`\r\n]* '`' -> type(SYMBOL) ;

// An operator with an unquoted text on its right. After == and != that is a word with * or ?, or several words; after ~
// anything that is not a plain name. So `x == a * b` stays a product and `x == a*b` is a glob.
BARE_TEST
    : ('==' | '!=') BLANK* (BARE_GLOB | BARE_WORD (BLANK+ BARE_NEXT)+)
    | '~' BLANK* [A-Za-z_\u0080-\u00FF0-9]* BARE_SPECIAL (BARE_SPECIAL | [A-Za-z_\u0080-\u00FF0-9])*
    | '~' BLANK* [0-9] (BARE_SPECIAL | [A-Za-z_\u0080-\u00FF0-9])*
    ;
fragment BARE_CHAR    : [A-Za-z0-9_.*?\u0080-\u00FF] | '[' ~[[\]\r\n/{}]+ ']' ;
fragment BARE_GLOB    : [*?] BARE_CHAR* | LETTER BARE_CHAR* [*?] BARE_CHAR* ;
fragment BARE_WORD    : (LETTER | [*?]) [A-Za-z0-9_.*?\u0080-\u00FF]* ;
fragment BARE_NEXT    : LETTER [A-Za-z0-9_.*?\u0080-\u00FF]* ;
fragment BARE_SPECIAL : [.*?!:@+\\-] | '[' ~[[\]\r\n/{}]+ ']' ;

F_PLUS : '+' -> type(PLUS) ;     F_MINUS : '-' -> type(MINUS) ;    F_STAR : '*' -> type(STAR) ;
F_SLASH : '/' -> type(SLASH) ;   F_PERCENT : '%' -> type(PERCENT) ; F_CONCAT : '..' -> type(CONCAT) ;
F_EQ : '==' -> type(EQ) ;        F_NE : '!=' -> type(NE) ;         F_LT : '<' -> type(LT) ;
F_LE : '<=' -> type(LE) ;        F_GT : '>' -> type(GT) ;          F_GE : '>=' -> type(GE) ;
F_AND : '&&' -> type(AND) ;      F_OR : '||' -> type(OR) ;         F_NOT : '!' -> type(NOT) ;
AMP : '&' ;
TILDE : '~' ;
F_LPAREN : '(' -> type(LPAREN) ; F_RPAREN : ')' -> type(RPAREN) ;
F_LBRACK : '[' -> type(LBRACK) ; F_RBRACK : ']' -> type(RBRACK) ;
F_COMMA : ',' -> type(COMMA) ;   F_DOT : '.' -> type(DOT) ;        F_COLON : ':' -> type(COLON) ;
F_ASSIGN : '=' -> type(ASSIGN) ; F_VARARG : '...' -> type(VARARG) ;
F_LBRACE : '{' -> type(HANDLER_LBRACE), mode(DEFAULT_MODE) ;
F_COMMENT : ('#' | '--') ~[\r\n]* -> type(COMMENT), channel(HIDDEN) ;
F_SPACE  : BLANK+ -> type(SPACE), channel(HIDDEN) ;
F_BAD    : . -> type(EV_BAD) ;

// ---- after `tick-` and `profile-` -----------------------------------------------------------------------------------

mode TIMER;

TIMER_NUMBER : [0-9]+ ;
TIMER_UNIT   : [A-Za-z_] [A-Za-z0-9_]* ;
I_LBRACE     : '{' -> type(HANDLER_LBRACE), mode(DEFAULT_MODE) ;
I_COMMENT    : ('#' | '--') ~[\r\n]* -> type(COMMENT), channel(HIDDEN) ;
I_SPACE      : BLANK+ -> type(SPACE), channel(HIDDEN) ;
I_BAD        : . -> type(EV_BAD) ;

// ---- parts ------------------------------------------------------------------------------------------------------------

fragment BLANK  : [ \t\u000B\u000C\r\n] ;
fragment LETTER : [A-Za-z_\u0080-\u00FF] ;
fragment WORD   : LETTER [A-Za-z0-9_\u0080-\u00FF]* ;
// A class has no '[' inside, so that an unfinished one is not read to the end of the source again and again.
fragment GLOB   : [A-Za-z0-9_.$@*?!^\u0080-\u00FF-] | '[' [!^]? ']'? ~[[\]\r\n{}/]* ']' | '\\' ~[\r\n] ;

fragment EVENT_WORDS
    : 'arg' [0-9] | 'argstr' | 'probename' | 'pid' | 'tid' | 'uid' | 'cpu' | 'execname' ;

// A number takes every letter, digit and dot that follows, and a sign right after an exponent letter.
fragment NUMBER_TEXT
    : '0' [xX] (TAIL | [pP] [+-])*
    | [1-9] (TAIL | [eE] [+-])*
    | '0' (([.0-9A-WYZa-wyz_\u0080-\u00FF] | [eE] [+-]) (TAIL | [eE] [+-])*)?
    | '.' [0-9] (TAIL | [eE] [+-])*
    ;
fragment TAIL : [.0-9A-Za-z_\u0080-\u00FF] ;

fragment STRING_TEXT : '"' (ESCAPE | ~["\\\r\n])* '"' | '\'' (ESCAPE | ~['\\\r\n])* '\'' ;
fragment OPEN_STRING : ('"' (ESCAPE | ~["\\\r\n])* | '\'' (ESCAPE | ~['\\\r\n])*) '\\'? ;
fragment ESCAPE      : '\\' ('\r\n' | '\n\r' | 'z' BLANK* | .) ;
