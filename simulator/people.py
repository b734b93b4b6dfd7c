"""Names that e-mail addresses are made of."""

FIRST: tuple[tuple[str, ...], tuple[str, ...]] = (
    (
        "aarav", "aditi", "akash", "amit", "ananya", "anil", "arjun", "deepa", "divya", "farhan", "gaurav", "isha",
        "karan", "kavya", "lakshmi", "manish", "meera", "mohan", "neha", "nikhil", "pooja", "pradeep", "priya",
        "rahul", "rajesh", "ravi", "ritu", "rohan", "sandeep", "sanjay", "shreya", "sneha", "sunil", "suresh",
        "swati", "tarun", "varun", "vijay", "vikram", "zoya",
    ),
    (
        "aaron", "alice", "amanda", "andrew", "ashley", "brian", "carlos", "chloe", "daniel", "david", "diana",
        "elena", "emily", "eric", "grace", "hannah", "jacob", "james", "jasmine", "jessica", "john", "jordan",
        "karen", "kevin", "laura", "linda", "luis", "maria", "mark", "megan", "michael", "nathan", "olivia",
        "peter", "rachel", "robert", "sarah", "steven", "tyler", "wendy",
    ),
)  # fmt: skip
LAST: tuple[tuple[str, ...], tuple[str, ...]] = (
    (
        "agarwal", "bose", "chauhan", "chopra", "das", "desai", "deshmukh", "fernandes", "ghosh", "gupta", "iyer",
        "jain", "joshi", "kapoor", "khan", "kulkarni", "kumar", "mehta", "menon", "mishra", "mukherjee", "naidu",
        "nair", "pandey", "patel", "patil", "pillai", "rao", "reddy", "saxena", "shah", "sharma", "shetty",
        "singh", "sinha", "thomas", "tiwari", "varma", "verma", "yadav",
    ),
    (
        "adams", "allen", "baker", "bennett", "brooks", "brown", "campbell", "carter", "clark", "collins", "cook",
        "cooper", "davis", "diaz", "edwards", "evans", "foster", "garcia", "gonzalez", "green", "hall", "harris",
        "hill", "howard", "hughes", "johnson", "kelly", "lee", "lewis", "lopez", "martin", "miller", "moore",
        "nguyen", "parker", "perez", "ramirez", "reed", "rivera", "walker",
    ),
)  # fmt: skip
DOMAINS: tuple[tuple[str, ...], tuple[str, ...]] = (
    ("gmail.com", "gmail.com", "gmail.com", "yahoo.co.in", "outlook.com", "rediffmail.com", "hotmail.com"),
    ("gmail.com", "gmail.com", "yahoo.com", "outlook.com", "icloud.com", "hotmail.com", "aol.com"),
)
# What stands between first and last name; some providers take the first two for one.
BETWEEN: tuple[str, ...] = (".", "", "_", *(f".{letter}." for letter in "abdghjklmnprstv"))
