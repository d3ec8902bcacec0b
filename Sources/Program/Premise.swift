@main struct Premise { static func main() { print("premise") } }
