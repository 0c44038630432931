// A folder with a calendar, and with who has to approve what is released by its jobs.
folder('shop') {
    properties {
        windowCalendars {
            calendars {
                windowCalendar {
                    name 'holidays'
                    text '''\
                        zone Europe/Berlin
                        freeze Christmas: yearly 12-24..01-02 because nobody is in the office
                        '''.stripIndent()
                }
            }
            enforced 'holidays'
        }
        judgmentPolicy {
            approvers '1 of qa'
            forbidRequester true
        }
    }
}
