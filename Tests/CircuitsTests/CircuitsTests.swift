import Testing

@testable import Circuits

@Suite struct CircuitsTests {}
