// SPDX-License-Identifier: GPL-2.0
// Core in a module: compat/core_cc.sh makes its object from the units in core/. See README.md.
