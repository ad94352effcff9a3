// SPDX-License-Identifier: GPL-2.0
#include <catch2/catch.hpp>

#include "project/template.h"

using namespace kt2ko;

namespace {
const TemplateData kData = {{{"name", "a<b>&\"c\""}}, {{"objects", {"x.o", "y.o"}}, {"none", {}}}};
}

TEST_CASE("values are inserted without escapes") {
  CHECK(render_template("t", "n={{name}};", kData).value() == "n=a<b>&\"c\";");
}

TEST_CASE("lists repeat their section") {
  CHECK(render_template("t", "{{#objects}}\no += {{.}}\n{{/objects}}\nend\n", kData).value() ==
        "o += x.o\no += y.o\nend\n");
  CHECK(render_template("t", "[{{#none}}{{.}}{{/none}}]", kData).value() == "[]");
}

TEST_CASE("an unknown name is an error that names it") {
  for (const char* text :
       {"{{nmae}}", "{{#objekts}}{{/objekts}}", "{{#objects}}{{nmae}}{{/objects}}", "{{name"}) {
    CAPTURE(text);
    CHECK_FALSE(render_template("t", text, kData).ok());
  }
  CHECK(render_template("t.mustache", "{{nmae}}", kData).failure().message ==
        "template t.mustache: unknown name nmae");
}
