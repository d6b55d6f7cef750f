import { describe, expect, it } from 'vitest'
import { ApiProblem, faultsAt, faultsElsewhere } from './problem'

const errors = {
  '$.name': ['The name is empty.'],
  '$.sampling.ratePerSecond': ['The rate is 0; give more than 0, to 30.'],
  '$.privacyMasks[1].points[0].x': ['It is 2; give 0 to 1.'],
  '$.rules': ['There are too many.'],
}

describe('problem details', () => {
  it('gives a field its own sentences and those of its parts', () => {
    expect(faultsAt(errors, 'sampling.ratePerSecond')).toEqual(['The rate is 0; give more than 0, to 30.'])
    expect(faultsAt(errors, 'privacyMasks')).toEqual(['It is 2; give 0 to 1.'])
    expect(faultsAt(errors, 'privacyMasks[1]')).toEqual(['It is 2; give 0 to 1.'])
    expect(faultsAt(errors, 'privacyMasks[0]')).toEqual([])
    expect(faultsAt(errors, 'nam')).toEqual([])
  })

  it('lists what no field shows, so that no fault is hidden', () => {
    expect(faultsElsewhere(errors, ['name', 'sampling.ratePerSecond', 'privacyMasks'])).toEqual(['There are too many.'])
  })

  it('says the detail, or the status where there is nothing else', () => {
    expect(new ApiProblem(409, { title: 'Conflict', detail: "The name 'A' is taken." }).message).toBe("The name 'A' is taken.")
    expect(new ApiProblem(502, {}).message).toBe('The platform answered with status 502.')
  })
})
