// SPDX-License-Identifier: GPL-2.0
// Sentences of a ktap script. No embedded code; docs and meaning: the language reference.
//
// The grammar takes a little more than the language, wherever a wrong script then gets a better message from the code
// that builds the tree. Chains of operators are flat here, so that a thousand operands do not nest a thousand rules:
// precedence is applied by translator/parse/build_expr.cc.
//
// One token decides nearly everywhere, two decide always, so parsing takes linear time and needs no full-context
// prediction. Two tokens get their kind late to have it so: '(' at the start of a statement becomes STAT_PAREN (in
// translator/parse/error_strategy.cc) and a `return` without values RETURN_NOTHING (in prescan.cc).
parser grammar KtapParser;

options { tokenVocab = KtapLexer; }

script : chunk EOF ;

// A ';' right after a statement ends it; any other is an empty statement.
chunk : (stat | SEMI)* ;

block   : LBRACE chunk RBRACE ;
handler : HANDLER_LBRACE chunk RBRACE ;  // of an event or timer: a '{' that the lexer knows to end the header

stat
    : varStat
    | functionStat
    | ifStat
    | whileStat
    | forStat
    | repeatStat
    | doStat
    | breakStat
    | returnStat
    | labelStat
    | traceStat
    | traceEndStat
    | timerStat
    | exprStat
    ;

varStat : K_VAR (K_FUNCTION funcName funcBody | NAME (COMMA NAME)* (ASSIGN exprList)?) ;

functionStat : K_FUNCTION funcName funcBody ;
funcName     : NAME ((DOT | COLON) NAME)* ;  // one NAME is right; the rest is for the message

ifStat  : K_IF cond block elseArm* ;
elseArm : K_ELSEIF cond block | K_ELSE (K_IF cond)? block ;
cond    : LPAREN expr RPAREN ;

whileStat : K_WHILE cond block ;

forStat    : K_FOR forControl block ;
forControl : LPAREN forHead RPAREN ;
forHead
    : K_VAR? NAME (ASSIGN expr (COMMA exprList | SEMI forRest) | (COMMA NAME)* K_IN exprList)
    | SEMI forRest
    ;
forRest : expr? SEMI exprStat? ;

repeatStat : K_REPEAT chunk K_UNTIL cond ;
doStat     : K_DO chunk K_END ;
breakStat  : K_BREAK ;
returnStat : K_RETURN exprList | RETURN_NOTHING ;
labelStat  : LABEL NAME LABEL ;

// Calls and assignments; `continue` too, which is an ordinary name.
exprStat : target (COMMA suffixed)* (assignOp exprList)? ;
target   : (NAME | FFI | EVENT_WORD | CALLED_EVENT_WORD | STAT_PAREN expr RPAREN) suffix* ;
assignOp : ASSIGN | PLUS_ASSIGN | MINUS_ASSIGN ;

// ---- events -------------------------------------------------------------------------------------------------------------

traceStat : TRACE traceHead handler ;
traceHead : eventSpec filter? (EV_COMMA eventSpec filter?)* ;  // only the last one may have the filter
filter    : FILTER_OPEN expr FILTER_CLOSE ;

eventSpec
    : EV_WORD EV_COLON EV_WORD
    | PROBE_HEAD EV_PATH? EV_SYMBOL EV_RETURN? fetchArg*
    | SDT_HEAD EV_PATH EV_PATH? EV_SYMBOL fetchArg*  // the second "path" is the provider
    ;
fetchArg : FA_NAME? fetch FA_TYPE? ;
fetch    : FA_REG | FA_DOLLAR | FA_AT | FA_DEREF fetch FA_CLOSE ;

traceEndStat : TRACE_END block ;
timerStat    : timerHead handler ;
timerHead    : TIMER_HEAD TIMER_NUMBER TIMER_UNIT ;

// ---- expressions ------------------------------------------------------------------------------------------------------

exprList : expr (COMMA expr)* ;

expr    : operand (binaryOp operand | BARE_TEST)* ;
operand : (NOT | MINUS)* primary ;
binaryOp
    : OR | AND | EQ | NE | LT | LE | GT | GE | CONCAT | PLUS | MINUS | STAR | SLASH | PERCENT
    | AMP | TILDE  // the lexer makes these in filters only
    ;

primary  : literal | K_FUNCTION funcBody | table | suffixed ;
suffixed : (NAME | FFI | CALLED_EVENT_WORD | LPAREN expr RPAREN) suffix* ;
literal : K_NIL | K_TRUE | K_FALSE | NUMBER | string | VARARG | EVENT_WORD | SYMBOL | BAD_SYMBOL ;
string  : STRING | BAD_STRING | LONG_STRING | BAD_LONG ;

suffix
    : DOT NAME
    | LBRACK exprList RBRACK
    | COLON NAME args
    | args
    ;
args : LPAREN exprList? RPAREN | table | string ;

funcBody : params block ;
params   : LPAREN (NAME (COMMA NAME)* (COMMA VARARG)? | VARARG)? RPAREN ;

table : LBRACE (field ((COMMA | SEMI) field)* (COMMA | SEMI)?)? RBRACE ;
field : LBRACK exprList RBRACK ASSIGN expr | expr (ASSIGN expr)? ;  // the name before '=' is checked later
