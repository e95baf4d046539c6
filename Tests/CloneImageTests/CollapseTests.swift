// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Testing

/// All tests that run the tool on the sample chain.
@Suite("clone-image collapse", .sampleChain)
struct CollapseTests {}
